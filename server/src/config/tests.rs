//! What the configuration accepts, and what it says of the rest.

use super::*;
use std::io::Write as _;

pub(super) fn load(text: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let mut file = tempfile::Builder::new()
        .prefix("cfg")
        .suffix(".toml")
        .tempfile()
        .expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    let environment = |name: &str| {
        variables
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    Config::load(Some(file.path()), &environment).map_err(|error| {
        let place = error.place.replace(&file.path().display().to_string(), "F");
        format!("{place}: {}", error.message)
    })
}

#[test]
fn an_empty_file_is_a_loopback_server_on_sqlite() {
    let config = load("", &[]).expect("a configuration");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url(), "sqlite://data/lamplighter.db");
    assert_eq!(config.approvals_default, 1);
    assert!(!config.is_https());
}

#[test]
fn the_environment_wins_and_secrets_are_not_shown() {
    let variables = [
        ("LAMPLIGHTER_DATABASE_URL", "postgres://u:secret@h/db"),
        ("LAMPLIGHTER_LISTEN", "[::1]:9"),
    ];
    let config = load(
        "listen = \"127.0.0.1:1\"\n[database]\nurl = \"sqlite://x\"\n",
        &variables,
    );
    let config = config.expect("a configuration");
    assert_eq!(config.listen.to_string(), "[::1]:9");
    assert_eq!(config.database_url(), "postgres://u:secret@h/db");
    assert!(!format!("{config:?}").contains("secret"));
}

#[test]
fn a_whole_file_is_read() {
    let text = r#"
        public_url = "https://lamplighter.example.com/"
        [estate]
        environment_tag = "env"
        poll_seconds = 15
        below_desired_minutes = 20
        [[estate.accounts]]
        id = "111122223333"
        regions = ["ap-northeast-2", "us-east-1"]
        role_arn = "arn:aws:iam::111122223333:role/lamplighter"
        external_id = "e-1"
        scheduler_role_arn = "arn:aws:iam::111122223333:role/lamplighter-scheduler"
        [approvals]
        default = 1
        prod = 2
        [[alarms.priority]]
        priority = "P1"
        environment = "prod"
        [[load_balancers]]
        account = "111122223333"
        region = "ap-northeast-2"
        environment = "prod"
        name = "app/web/50dc6c495c0c9188"
    "#;
    let config = load(text, &[]).expect("a configuration");
    assert_eq!(
        config.public_url.as_deref(),
        Some("https://lamplighter.example.com")
    );
    assert!(config.is_https());
    assert_eq!(config.poll_period_ms, 15_000);
    assert_eq!(config.below_desired_minutes, 20);
    assert_eq!(config.estate.environment_tag, "env");
    let account = &config.estate.accounts[0];
    assert_eq!(account.regions.len(), 2);
    let role = account.role.as_ref().expect("a role");
    assert_eq!(role.external_id.as_deref(), Some("e-1"));
    let timer_role = account.timer_role.as_ref().expect("a role");
    assert_eq!(timer_role.account(), "111122223333");
    assert_eq!(config.approvals.get(&Environment::from("prod")), Some(&2));
    assert_eq!(config.priority_rules.len(), 1);
    assert_eq!(config.load_balancers.len(), 1);
}

#[test]
fn the_schemes_own_port_is_left_out_of_the_public_address() {
    for (given, kept) in [
        ("https://ops.example.com:443", "https://ops.example.com"),
        ("http://ops.example.com:80/", "http://ops.example.com"),
        ("https://ops.example.com:80", "https://ops.example.com:80"),
        ("http://ops.example.com:443", "http://ops.example.com:443"),
        ("https://[::1]:443", "https://[::1]"),
    ] {
        let config = load(&format!("public_url = \"{given}\""), &[]).expect(given);
        assert_eq!(config.public_url.as_deref(), Some(kept), "{given}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_key() {
    let check = |text: &str, expected: &str| {
        let error = load(text, &[]).expect_err(text);
        assert!(
            error.starts_with(expected),
            "{text}\n   gave {error}\n wanted {expected}"
        );
    };
    check(
        "lisen = \"x\"",
        "F line 1: unknown field `lisen`, expected one of",
    );
    check(
        "\nlisten = \"8080\"",
        "F line 2: `listen` is `8080`; write an address and a port",
    );
    check(
        "listen = 8080",
        "F line 1: invalid type: integer `8080`, expected a string",
    );
    check("[database\nurl=1", "F line 1: ");
    check(
        "public_url = \"lamplighter\"",
        "F line 1: `public_url` is `lamplighter`; write a scheme",
    );
    check(
        "listen = \"0.0.0.0:80\"",
        "F line 1: `listen` is 0.0.0.0:80, where others can read",
    );
    check(
        "insecure_http = true\nlisten = \"0.0.0.0:80\"",
        "F line 2: `insecure_http` lets others reach 0.0.0.0:80, but without `public_url`",
    );
    check(
        "[approvals]\nprod = 0",
        "F line 2: `approvals.prod` must be 1 to 5",
    );
    check(
        "[estate]\npoll_seconds = 1",
        "F line 2: `estate.poll_seconds` must be 5 to 3600",
    );
    check(
        "[estate]\nbelow_desired_minutes = 0",
        "F line 2: `estate.below_desired_minutes` must be 1 to 180",
    );
    check(
        "[[estate.accounts]]\nid = \"123\"\nregions = [\"us-east-1\"]",
        "F line 2: `estate.accounts.id` is `123`; an AWS account is twelve digits",
    );
    check(
        "[[estate.accounts]]\nid = \"111122223333\"\nregions = [\"Seoul\"]",
        "F line 3: `estate.accounts.regions` is `Seoul`; write a region",
    );
    check(
        "[[estate.accounts]]\nid = \"111122223333\"\nregions = []",
        "F line 3: `estate.accounts.regions` must name 1 to",
    );
    check(
        "[[estate.accounts]]\nid = \"111122223333\"",
        "F line 1: missing field `regions`",
    );
    let account = "[[estate.accounts]]\nid = \"111122223333\"\n";
    let regions = "regions = [\"us-east-1\"]\n";
    check(
        &format!("{account}regions = [\n\"us-east-1\",\n\"us-east-1\"]"),
        "F line 5: `estate.accounts.regions` names us-east-1 twice",
    );
    check(
        &format!("{account}{regions}{account}{regions}"),
        "F line 5: `estate.accounts.id` is 111122223333 a second time",
    );
    check(
        &format!("{account}{regions}role_arn = \"arn:aws:iam::1:role/x\""),
        "F line 4: `estate.accounts.role_arn` is `arn:aws:iam::1:role/x`; write it as",
    );
    check(
        &format!("{account}{regions}scheduler_role_arn = \"arn:aws:iam::444455556666:role/x\""),
        "F line 4: `estate.accounts.scheduler_role_arn` is a role of account 444455556666, not of",
    );
    check(
        &format!("{account}{regions}external_id = \"x\""),
        "F line 4: `estate.accounts.external_id` has a use only together",
    );
    check(
        "[estate]\n\nenvironment_tag = \" \"",
        "F line 3: `estate.environment_tag` is empty; name the key of a tag",
    );
    check(
        "trusted_proxy_header = \"a b\"",
        "F line 1: `trusted_proxy_header` is `a b`",
    );
    let error = load("lisen = \"x\"", &[]).expect_err("unknown");
    assert!(error.ends_with("did you mean `listen`?"), "{error}");
    let error = load("", &[("LAMPLIGHTER_LISTEN", "x")]).expect_err("bad");
    assert!(
        error.starts_with("LAMPLIGHTER_LISTEN: the value is `x`"),
        "{error}"
    );
}

#[test]
fn a_calendar_is_read_in_one_place() {
    let estate = "[[estate.accounts]]\nid = \"111122223333\"\nregions = [\"us-east-1\"]\n";
    let read = |lines: &str| {
        let calendar = "[[calendars]]\nname = \"releases\"\ntimezone = \"UTC\"\n";
        load(&format!("{estate}{calendar}{lines}"), &[])
    };
    let config =
        read("ssm_document = \"prod-changes\"\naccount = \"111122223333\"\nregion = \"us-east-1\"");
    let config = config.expect("a configuration");
    assert!(config.estate.accounts[0].watch.calendars);
    let (calendar, _) = config.calendars[0].read(&|_| None).expect("a calendar");
    assert_eq!(calendar.place, "prod-changes (111122223333/us-east-1)");
    let config = read("url = \"https://c.example.com/s3cret.ics\"").expect("a configuration");
    assert!(!config.estate.accounts[0].watch.calendars);
    let (calendar, _) = config.calendars[0].read(&|_| None).expect("a calendar");
    assert_eq!(calendar.place, "c.example.com");
    for (lines, expected) in [
        ("", "F line 5: `calendars.name` needs one place"),
        (
            "url_env = \"X\"\nssm_document = \"prod-changes\"",
            "F line 5: `calendars.name` needs one place",
        ),
        (
            "url_env = \"X\"\nregion = \"us-east-1\"",
            "F line 8: `calendars.account` stands without ssm_document",
        ),
        (
            "ssm_document = \"prod changes\"",
            "F line 7: `calendars.ssm_document` is neither the name",
        ),
        (
            "ssm_document = \"prod-changes\"\naccount = \"111122223333\"",
            "F line 7: `calendars.ssm_document` needs `account` and `region`",
        ),
        (
            "ssm_document = \"prod-changes\"\naccount = \"111122223333\"\nregion = \"eu-west-1\"",
            "F line 7: `calendars.ssm_document` is asked for in 111122223333/eu-west-1, which",
        ),
    ] {
        let error = read(lines).expect_err(lines);
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let missing = Config::load(Some(Path::new("/nowhere/x.toml")), &|_| None);
    let error = missing.expect_err("no file");
    assert_eq!(error.place, "/nowhere/x.toml");
}

/// What README shows works as it stands, or behind its first file.
#[test]
fn the_examples_of_the_readme_are_accepted() {
    let readme = include_str!("../../../README.md");
    let blocks = readme.split("```toml\n").skip(1);
    let blocks: Vec<_> = blocks.filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 6, "{}", blocks.len());
    for block in &blocks {
        let alone = load(block, &[]);
        let behind = load(&format!("{}\n{block}", blocks[0]), &[]);
        assert!(
            alone.is_ok() || behind.is_ok(),
            "{alone:?} {behind:?}\n{block}"
        );
    }
}
