//! How a channel is reached: what each kind of `[[channels]]` needs beside its name.

use super::{
    ConfigError, Source,
    channels::{ChannelSection, word},
    check_account, check_region,
    secrets::{SecretKeys, SecretPlace},
    watched,
};
use aws::AwsEstate;
use connect::{Address, MailAddress, MailRoute, MailServer, MailServerError, MailTls};
use domain::{
    channels::{ChannelKind, PhoneNumber},
    estate::Scope,
    limits,
};
use toml::Spanned;

/// How a channel is reached, and where its secret is.
#[derive(Debug, Clone)]
pub enum Way {
    /// A channel in Slack.
    Slack {
        /// Another place of the Web API than Slack's own.
        base: Option<Address>,
        /// The channel's id.
        channel: String,
        /// The bot's token.
        token: SecretPlace,
        /// What proves that Slack calls; none where messages have no buttons.
        signing: Option<SecretPlace>,
    },
    /// A service in PagerDuty.
    Pagerduty {
        /// Another region's address.
        base: Option<Address>,
        /// The service's integration key.
        key: SecretPlace,
        /// What proves that PagerDuty calls; none where we do not listen.
        signing: Option<SecretPlace>,
    },
    /// An address that takes signed JSON.
    Webhook {
        /// The address.
        address: Address,
        /// What signs.
        secret: SecretPlace,
    },
    /// Mailboxes, by a mail server.
    Email {
        /// The server, the sender and the mailboxes.
        route: MailRoute,
        /// The name there, and where its password is.
        login: Option<(String, SecretPlace)>,
    },
    /// A webhook in Discord, whose address is the secret.
    Discord(SecretPlace),
    /// A workflow of Microsoft Teams, whose address is the secret.
    Teams(SecretPlace),
    /// A telephone, texted from an account and region of the estate.
    Sms {
        /// The account and region.
        scope: Scope,
        /// The telephone.
        to: PhoneNumber,
    },
}

/// The mailboxes that are shown of a channel's.
const SHOWN_MAX: usize = 3;

impl ChannelSection {
    /// The way, and where it leads, for people.
    pub(super) fn way(
        &self,
        kind: ChannelKind,
        estate: &mut AwsEstate,
        source: &Source,
    ) -> Result<(Way, String), ConfigError> {
        self.check_keys(kind, source)?;
        let speaks_back = matches!(kind, ChannelKind::Slack | ChannelKind::Pagerduty);
        if !speaks_back && self.signing(source)?.is_some() {
            let what = "says nothing back: signing_secret_env and signing_secret_file have a use \
                        only for kind = slack, pagerduty";
            return Err(source.value(&self.kind, "channels.kind", what));
        }
        let address = || -> Result<Option<Address>, ConfigError> {
            let Some(given) = &self.url else {
                return Ok(None);
            };
            let address = Address::parse(given.get_ref());
            let address = address.map_err(|what| source.value(given, "channels.url", what))?;
            Ok(Some(address))
        };
        Ok(match kind {
            ChannelKind::Slack => {
                let base = address()?;
                let given = self.channel.as_ref().ok_or_else(|| {
                    self.missing(
                        "channel",
                        "is slack, which needs the id of a channel",
                        source,
                    )
                })?;
                let channel = slack_channel(given, source)?;
                let place = format!("Slack {channel}");
                let token = self.secret_needed("needs a secret: the bot's token", source)?;
                let way = Way::Slack {
                    base,
                    channel,
                    token,
                    signing: self.signing(source)?,
                };
                (way, place)
            }
            ChannelKind::Pagerduty => {
                let base = address()?;
                let place = base.as_ref().map_or("PagerDuty", Address::host).to_owned();
                let key = self.secret_needed("needs a secret: the integration key", source)?;
                let signing = self.signing(source)?;
                (Way::Pagerduty { base, key, signing }, place)
            }
            ChannelKind::Webhook => {
                let address = address()?.ok_or_else(|| {
                    self.missing("url", "is webhook, which needs an address", source)
                })?;
                let place = address.host().to_owned();
                let secret = self.secret_needed("needs a secret: what signs messages", source)?;
                (Way::Webhook { address, secret }, place)
            }
            ChannelKind::Email => self.mail(source)?,
            ChannelKind::Discord => {
                let what = "needs a secret: the webhook's address, which holds its token";
                (
                    Way::Discord(self.secret_needed(what, source)?),
                    "Discord".into(),
                )
            }
            ChannelKind::Teams => {
                let what = "needs a secret: the workflow's address, which holds its signature";
                let place = "Microsoft Teams".to_owned();
                (Way::Teams(self.secret_needed(what, source)?), place)
            }
            ChannelKind::Sms => self.telephone(estate, source)?,
            ChannelKind::Inbox => {
                let what = "is inbox, which only the sandbox has";
                return Err(source.value(&self.kind, "channels.kind", what));
            }
        })
    }

    /// No key that the kind has no use for: whoever wrote it means another kind.
    fn check_keys(&self, kind: ChannelKind, source: &Source) -> Result<(), ConfigError> {
        use ChannelKind::{Discord, Email, Pagerduty, Slack, Sms, Teams, Webhook};
        if let (Discord | Teams, Some(given)) = (kind, &self.url) {
            let what = "is a secret of this kind, for it lets anybody write there: name where it \
                        is by secret_env or secret_file";
            return Err(source.value(given, "channels.url", what));
        }
        let start = |given: &Option<Spanned<String>>| given.as_ref().map(|one| one.span().start);
        let to = self.to.as_ref().map(|to| to.span().start);
        let port = self.port.as_ref().map(|port| port.span().start);
        let keys: [(&str, Option<usize>, &[ChannelKind]); 10] = [
            ("url", start(&self.url), &[Slack, Pagerduty, Webhook]),
            ("channel", start(&self.channel), &[Slack]),
            ("server", start(&self.server), &[Email]),
            ("port", port, &[Email]),
            ("tls", start(&self.tls), &[Email]),
            ("user", start(&self.user), &[Email]),
            ("from", start(&self.from), &[Email]),
            ("to", to, &[Email, Sms]),
            ("account", start(&self.account), &[Sms]),
            ("region", start(&self.region), &[Sms]),
        ];
        for (key, given, kinds) in keys {
            let Some(at) = given.filter(|_| !kinds.contains(&kind)) else {
                continue;
            };
            let kinds: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
            let kinds = kinds.join(", ");
            let message = format!("`channels.{key}` has a use only for kind = {kinds}");
            return Err(source.error(at, message));
        }
        Ok(())
    }

    /// One telephone: a channel's message arrives or not, and of several some would.
    fn telephone(
        &self,
        estate: &mut AwsEstate,
        source: &Source,
    ) -> Result<(Way, String), ConfigError> {
        let needed = |key: &str, what: &str| {
            self.missing(key, &format!("is sms, which needs {what}"), source)
        };
        if self.secret(source)?.is_some() {
            let what =
                "is sms, which AWS sends by the account's own credentials: leave the secret out";
            return Err(source.value(&self.kind, "channels.kind", what));
        }
        let to = self
            .to
            .as_ref()
            .ok_or_else(|| needed("to", "a telephone"))?;
        let number = match to.get_ref().as_slice() {
            [one] => one,
            _ => {
                let what = "must name one telephone: give each a channel of its own";
                return Err(source.value(to, "channels.to", what));
            }
        };
        let to = PhoneNumber::parse(number.get_ref()).ok_or_else(|| {
            let what = "is no number as +821012345678: a plus, the country, and digits alone";
            source.value(number, "channels.to", what)
        })?;
        let account = self.account.as_ref();
        let account = account.ok_or_else(|| needed("account", "the account that texts"))?;
        let region = self.region.as_ref();
        let region = region.ok_or_else(|| needed("region", "the region that texts"))?;
        let scope = Scope {
            account: check_account(account, "channels.account", source)?,
            region: check_region(region, "channels.region", source)?,
        };
        let watched = watched(estate, &scope).ok_or_else(|| {
            let what = format!("is asked to text in {scope}, which estate.accounts does not name");
            source.value(account, "channels.account", what)
        })?;
        watched.texts = true;
        let place = to.shown();
        Ok((Way::Sms { scope, to }, place))
    }

    fn mail(&self, source: &Source) -> Result<(Way, String), ConfigError> {
        let needed = |given: &'_ Option<Spanned<String>>, key: &str, what: &str| {
            let what = format!("is email, which needs {what}");
            given
                .clone()
                .ok_or_else(|| self.missing(key, &what, source))
        };
        let host = needed(&self.server, "server", "a mail server")?;
        let from = needed(&self.from, "from", "a sender")?;
        let tls = match &self.tls {
            None => MailTls::Required,
            Some(given) => {
                let known = || MailTls::ALL.map(MailTls::as_str).join(", ");
                word(given, "channels.tls", source, MailTls::parse, known)?
            }
        };
        let port = match &self.port {
            None => tls.port(),
            Some(given) if *given.get_ref() == 0 => {
                let what = "must be 1 to 65535";
                return Err(source.value(given, "channels.port", what));
            }
            Some(given) => *given.get_ref(),
        };
        let server = MailServer::new(host.get_ref(), port, tls).map_err(|what| match what {
            MailServerError::Form => {
                let what = format!("is `{}`; it {what}", host.get_ref());
                source.value(&host, "channels.server", what)
            }
            MailServerError::Plain => source.value(&host, "channels.server", what),
        })?;
        let sender = mailbox(&from, "channels.from", source)?;
        let to = self.recipients(source)?;
        let shown: Vec<_> = to
            .iter()
            .take(SHOWN_MAX)
            .map(MailAddress::address)
            .collect();
        let more = match to.len().saturating_sub(SHOWN_MAX) {
            0 => String::new(),
            more => format!(" +{more}"),
        };
        let place = format!("{}{more}", shown.join(", "));
        let login = self.login(tls, source)?;
        let route = MailRoute {
            server,
            from: sender,
            to,
        };
        Ok((Way::Email { route, login }, place))
    }

    fn recipients(&self, source: &Source) -> Result<Vec<MailAddress>, ConfigError> {
        let Some(given) = &self.to else {
            let what = "is email, which needs mailboxes to write to";
            return Err(self.missing("to", what, source));
        };
        if !(1..=limits::MAIL_RECIPIENTS_MAX).contains(&given.get_ref().len()) {
            let what = format!("must name 1 to {} mailboxes", limits::MAIL_RECIPIENTS_MAX);
            return Err(source.value(given, "channels.to", what));
        }
        let mut to: Vec<MailAddress> = Vec::new();
        for one in given.get_ref() {
            let read = mailbox(one, "channels.to", source)?;
            if to.iter().any(|other| other.address() == read.address()) {
                let what = format!("names {} twice", read.address());
                return Err(source.value(one, "channels.to", what));
            }
            to.push(read);
        }
        Ok(to)
    }

    fn login(
        &self,
        tls: MailTls,
        source: &Source,
    ) -> Result<Option<(String, SecretPlace)>, ConfigError> {
        let password = self.secret(source)?;
        match (&self.user, password) {
            (None, None) => Ok(None),
            (None, Some(_)) => {
                let what = "is email, whose secret is a password: add `user`, or leave it out";
                Err(source.value(&self.kind, "channels.kind", what))
            }
            (Some(user), _) if tls == MailTls::None => {
                let what = "would send its password unencrypted: leave it out, or set tls";
                Err(source.value(user, "channels.user", what))
            }
            (Some(user), None) => {
                let what = "needs a password: add `secret_env` or `secret_file`";
                Err(source.value(user, "channels.user", what))
            }
            (Some(user), Some(password)) => {
                let name = user.get_ref();
                let fits = (1..=limits::MAIL_USER_CHARS_MAX).contains(&name.chars().count());
                if !fits || name.chars().any(char::is_control) {
                    let what = "is no name to sign in by";
                    return Err(source.value(user, "channels.user", what));
                }
                Ok(Some((name.clone(), password)))
            }
        }
    }

    fn missing(&self, key: &str, what: &str, source: &Source) -> ConfigError {
        source.value(&self.kind, "channels.kind", format!("{what}: add `{key}`"))
    }

    fn secret(&self, source: &Source) -> Result<Option<SecretPlace>, ConfigError> {
        let (variable, file) = (self.secret_env.as_ref(), self.secret_file.clone());
        SecretKeys::CHANNEL.find(variable, file, &self.name, source)
    }

    /// What proves that Slack calls.
    fn signing(&self, source: &Source) -> Result<Option<SecretPlace>, ConfigError> {
        let variable = self.signing_secret_env.as_ref();
        let file = self.signing_secret_file.clone();
        SecretKeys::SIGNING.find(variable, file, &self.name, source)
    }

    fn secret_needed(&self, what: &str, source: &Source) -> Result<SecretPlace, ConfigError> {
        let missing = || self.missing("secret_env` or `secret_file", what, source);
        self.secret(source)?.ok_or_else(missing)
    }
}

fn mailbox(
    given: &Spanned<String>,
    key: &str,
    source: &Source,
) -> Result<MailAddress, ConfigError> {
    MailAddress::parse(given.get_ref()).ok_or_else(|| {
        let what = format!(
            "is `{}`; write a mailbox as ops@example.com",
            given.get_ref()
        );
        source.value(given, key, what)
    })
}

fn slack_channel(given: &Spanned<String>, source: &Source) -> Result<String, ConfigError> {
    let id = given.get_ref();
    let fits = (2..=20).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !fits {
        let what = format!("is `{id}`; write the channel's id, as C0123456789");
        return Err(source.value(given, "channels.channel", what));
    }
    Ok(id.clone())
}

#[cfg(test)]
mod tests {
    use super::{super::tests::load, *};

    const MAIL: &str = "[[channels]]\nname = \"mail\"\nkind = \"email\"\n\
                        server = \"smtp.example.com\"\nfrom = \"a@example.com\"\n\
                        to = [\"b@example.com\"]\n";

    fn way(text: &str) -> (Way, String) {
        let config = load(text, &[]).expect("a configuration");
        let channel = config.channels.into_iter().next().expect("a channel");
        (channel.way, channel.channel.place)
    }

    #[test]
    fn mail_is_encrypted_and_anonymous_unless_it_is_told_otherwise() {
        let (Way::Email { route, login }, place) = way(MAIL) else {
            panic!("no mail");
        };
        assert_eq!(
            (route.server.port, route.server.tls),
            (587, MailTls::Required)
        );
        assert_eq!((login.is_none(), place.as_str()), (true, "b@example.com"));
        let text = format!(
            "{}tls = \"implicit\"\nuser = \"lamp\"\nsecret_env = \"PASSWORD\"\n",
            MAIL.replace(
                "[\"b",
                "[\"c@example.com\", \"d@example.com\", \"e@example.com\", \"b"
            )
        );
        let (Way::Email { route, login }, place) = way(&text) else {
            panic!("no mail");
        };
        assert_eq!((route.server.port, route.to.len()), (465, 4));
        assert_eq!(login.map(|(user, _)| user), Some("lamp".into()));
        assert_eq!(place, "c@example.com, d@example.com, e@example.com +1");
        let here = MAIL.replace("smtp.example.com", "localhost");
        let (Way::Email { route, .. }, _) = way(&format!("{here}tls = \"none\"\nport = 1025\n"))
        else {
            panic!("no mail");
        };
        assert_eq!((route.server.port, route.server.tls), (1025, MailTls::None));
    }

    #[test]
    fn an_address_that_is_a_secret_is_read_from_where_secrets_are() {
        for (kind, good, place) in [
            ("discord", "https://discord.com/api/webhooks/1/x", "Discord"),
            (
                "teams",
                "https://prod.example.com/x?sig=y",
                "Microsoft Teams",
            ),
        ] {
            let text = format!(
                "[[channels]]\nname = \"chat\"\nkind = \"{kind}\"\nsecret_env = \"HOOK\"\n"
            );
            let (way, found) = way(&text);
            assert_eq!(found, place);
            let (Way::Discord(at) | Way::Teams(at)) = way else {
                panic!("{kind}");
            };
            let read = |text: &str| {
                let text = text.to_owned();
                at.read_address(&move |_| Some(text.clone()))
            };
            assert!(read(good).is_ok());
            let error = read("http://discord.com/s3cret").expect_err("plain");
            let error = error.to_string();
            assert!(
                error.contains("`channels.secret_env`: HOOK is plain http"),
                "{error}"
            );
            assert!(!error.contains("s3cret"), "{error}");
            let with_url = format!("{text}url = \"{good}\"\n");
            let error = load(&with_url, &[]).expect_err("a secret");
            assert!(
                error.starts_with("F line 5: `channels.url` is a secret"),
                "{error}"
            );
            let without = text.replace("secret_env = \"HOOK\"\n", "");
            let error = load(&without, &[]).expect_err("no secret");
            assert!(
                error.starts_with("F line 3: `channels.kind` needs a secret"),
                "{error}"
            );
        }
    }

    #[test]
    fn only_slack_has_what_proves_a_press() {
        let channel = "name = \"ops\"\nchannel = \"C0123\"\nsecret_env = \"TOKEN\"\n";
        let text = format!("[[channels]]\nkind = \"slack\"\n{channel}");
        let Way::Slack { signing: None, .. } = way(&text).0 else {
            panic!("buttons without a secret");
        };
        let signed = format!("{text}signing_secret_env = \"SIGN\"\n");
        let Way::Slack {
            signing: Some(place),
            ..
        } = way(&signed).0
        else {
            panic!("no secret");
        };
        let error = place.read(&|_| None).expect_err("not set").to_string();
        assert!(
            error.contains("`channels.signing_secret_env`: SIGN is not set"),
            "{error}"
        );
        let both = format!("{signed}signing_secret_file = \"x\"\n");
        let error = load(&both, &[]).expect_err("two");
        assert!(
            error.contains("stands beside signing_secret_file"),
            "{error}"
        );
        let mail = format!("{MAIL}signing_secret_env = \"SIGN\"\n");
        let error = load(&mail, &[]).expect_err("no buttons");
        assert!(
            error.contains("have a use only for kind = slack"),
            "{error}"
        );
    }

    #[test]
    fn what_is_wrong_with_mail_is_told_with_its_line() {
        let with = |line: &str| format!("{MAIL}{line}\n");
        for (text, error) in [
            (
                MAIL.replace("server = \"smtp.example.com\"\n", ""),
                "F line 3: `channels.kind` is email, which needs a mail server: add `server`",
            ),
            (
                MAIL.replace("from = \"a@example.com\"\n", ""),
                "F line 3: `channels.kind` is email, which needs a sender: add `from`",
            ),
            (
                MAIL.replace("to = [\"b@example.com\"]\n", ""),
                "F line 3: `channels.kind` is email, which needs mailboxes to write to: add `to`",
            ),
            (
                MAIL.replace("[\"b@example.com\"]", "[]"),
                "F line 6: `channels.to` must name 1 to 20 mailboxes",
            ),
            (
                MAIL.replace("[\"b@example.com\"]", "[\"b@example.com\",\n\"b\"]"),
                "F line 7: `channels.to` is `b`; write a mailbox as",
            ),
            (
                MAIL.replace("[\"b", "[\"b@example.com\", \"b"),
                "F line 6: `channels.to` names b@example.com twice",
            ),
            (
                MAIL.replace("a@example.com", "a@example.com\\r\\nBcc: x@example.com"),
                "F line 5: `channels.from` is `a@example.com",
            ),
            (
                MAIL.replace("smtp.example.com", "smtp.example.com:25"),
                "F line 4: `channels.server` is `smtp.example.com:25`; it is not the name of a host",
            ),
            (
                with("tls = \"none\""),
                "F line 4: `channels.server` is not this machine, so its mail must be encrypted",
            ),
            (
                with("tls = \"starttls\""),
                "F line 7: `channels.tls` is `starttls`, not one of: required, implicit, none",
            ),
            (
                with("port = 0"),
                "F line 7: `channels.port` must be 1 to 65535",
            ),
            (
                with("user = \"lamp\""),
                "F line 7: `channels.user` needs a password",
            ),
            (
                with("secret_env = \"P\""),
                "F line 3: `channels.kind` is email, whose secret is a password",
            ),
            (
                with("tls = \"none\"\nuser = \"lamp\"\nsecret_env = \"P\"")
                    .replace("smtp.example.com", "127.0.0.1"),
                "F line 8: `channels.user` would send its password unencrypted",
            ),
            (
                with("url = \"https://x.example/\""),
                "F line 7: `channels.url` has a use only for kind = slack, pagerduty, webhook",
            ),
            (
                with("channel = \"C1\""),
                "F line 7: `channels.channel` has a use only for kind = slack",
            ),
            (
                MAIL.replace("email", "pagerduty"),
                "F line 4: `channels.server` has a use only for kind = email",
            ),
        ] {
            let found = load(&text, &[]).expect_err("an error");
            assert!(found.starts_with(error), "{found}\n{error}");
        }
    }

    #[test]
    fn a_telephone_is_texted_from_an_account_that_is_watched() {
        let estate = "[[estate.accounts]]\nid = \"111122223333\"\nregions = [\"us-east-1\"]\n";
        let phone = "[[channels]]\nname = \"phone\"\nkind = \"sms\"\nto = [\"+821012345678\"]\n\
                     account = \"111122223333\"\nregion = \"us-east-1\"\n";
        let config = load(&format!("{estate}{phone}"), &[]).expect("a configuration");
        assert!(config.estate.accounts[0].watch.texts);
        let channel = &config.channels[0];
        assert_eq!(channel.channel.place, "…5678");
        assert!(!format!("{channel:?}").contains("821012345678"));
        for (from, to, told) in [
            ("+821012345678", "01012345678", "is no number as"),
            (
                "[\"+821012345678\"]",
                "[\"+821012345678\", \"+821012345679\"]",
                "must name one telephone",
            ),
            (
                "region = \"us-east-1\"\n",
                "",
                "needs the region that texts",
            ),
            (
                "region = \"us-east-1\"",
                "region = \"us-east-2\"",
                "estate.accounts does not name",
            ),
            (
                "kind = \"sms\"",
                "kind = \"sms\"\nurl = \"https://x.example\"",
                "has a use only",
            ),
            (
                "kind = \"sms\"",
                "kind = \"sms\"\nsecret_env = \"X\"",
                "leave the secret out",
            ),
        ] {
            let changed = phone.replace(from, to);
            let error = load(&format!("{estate}{changed}"), &[]).expect_err("an error");
            assert!(error.contains(told), "{error}");
        }
    }
}
