//! What of an account is watched besides groups and services.

use super::{ConfigError, Source};
use domain::{
    estate::{AccountId, Region, Scope},
    limits,
    queues::QueueRef,
};
use toml::Spanned;

/// A key with a `=` could not be told from its value in a target's name.
pub(super) fn check_instance_tags(
    given: &[Spanned<String>],
    source: &Source,
) -> Result<Vec<String>, ConfigError> {
    let key = "estate.accounts.instance_tags";
    let mut keys: Vec<String> = Vec::with_capacity(given.len());
    for text in given {
        let named = text.get_ref();
        let what = match named.trim() {
            "" => "names no key".to_owned(),
            _ if named.contains('=') => format!("`{named}` is no key; its values are all watched"),
            _ if keys.contains(named) => format!("names {named} twice"),
            _ if keys.len() == limits::INSTANCE_TAGS_MAX => {
                format!("names more than {} keys", limits::INSTANCE_TAGS_MAX)
            }
            _ => {
                keys.push(named.clone());
                continue;
            }
        };
        return Err(source.value(text, key, what));
    }
    Ok(keys)
}

pub(super) fn check_queues(
    given: &[Spanned<String>],
    account: &AccountId,
    regions: &[Region],
    source: &Source,
) -> Result<Vec<QueueRef>, ConfigError> {
    let key = "estate.accounts.queues";
    let mut queues: Vec<QueueRef> = Vec::with_capacity(given.len());
    for text in given {
        let named = text.get_ref();
        let parts = named.split_once('/').and_then(|(region, name)| {
            let scope = Scope {
                account: account.clone(),
                region: Region::parse(region)?,
            };
            QueueRef::new(scope, name)
        });
        let what = match parts {
            None => {
                format!("`{named}` is no queue; write REGION/NAME, as eu-west-1/lamplighter-events")
            }
            Some(queue) if !regions.contains(&queue.scope.region) => {
                format!(
                    "names a queue in {}, which `regions` does not",
                    queue.scope.region
                )
            }
            Some(queue) if queues.contains(&queue) => format!("names {named} twice"),
            Some(_) if queues.len() == limits::QUEUES_PER_ACCOUNT_MAX => {
                format!("names more than {} queues", limits::QUEUES_PER_ACCOUNT_MAX)
            }
            Some(queue) => {
                queues.push(queue);
                continue;
            }
        };
        return Err(source.value(text, key, what));
    }
    Ok(queues)
}

#[cfg(test)]
mod tests {
    use super::super::tests::load;

    const ACCOUNT: &str = "[[estate.accounts]]\nid = \"123456789012\"\nregions = [\"eu-west-1\"]\n";

    #[test]
    fn queues_and_keys_of_tags_are_read() {
        let lines = "queues = [\"eu-west-1/lamplighter-events\"]\ninstance_tags = [\"Schedule\"]\n";
        let config = load(&format!("{ACCOUNT}{lines}"), &[]).expect("a configuration");
        let watch = &config.estate.accounts[0].watch;
        let queue = watch.queues[0].to_string();
        assert_eq!(queue, "123456789012/eu-west-1/lamplighter-events");
        assert_eq!(watch.instance_tags, ["Schedule"]);
    }

    #[test]
    fn what_is_wrong_with_them_is_told_with_its_line() {
        for (line, error) in [
            (
                "queues = [\"events\"]",
                "`estate.accounts.queues` `events` is no queue",
            ),
            (
                "queues = [\"eu-west-1/a b\"]",
                "`estate.accounts.queues` `eu-west-1/a b` is no queue",
            ),
            (
                "queues = [\"us-east-1/events\"]",
                "`estate.accounts.queues` names a queue in us-east-1, which",
            ),
            (
                "queues = [\"eu-west-1/a\", \"eu-west-1/a\"]",
                "`estate.accounts.queues` names eu-west-1/a twice",
            ),
            (
                "instance_tags = [\"a=b\"]",
                "`estate.accounts.instance_tags` `a=b` is no key",
            ),
            (
                "instance_tags = [\"a\", \"a\"]",
                "`estate.accounts.instance_tags` names a twice",
            ),
        ] {
            let told = load(&format!("{ACCOUNT}{line}\n"), &[]).expect_err(line);
            assert!(told.starts_with(&format!("F line 4: {error}")), "{told}");
        }
    }
}
