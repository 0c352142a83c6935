//! The SDK's own chain: a profile from the shared configuration, endpoints from
//! the environment. A test may not change its own environment, so another
//! process is given one.

use crate::{
    moto,
    peers::{self, MOTO_ACCOUNT, group, unique},
};
use aws::{AwsCloud, AwsEstate};
use domain::capacity::Purchase;
use ports::Cloud;
use std::{path::Path, process::Command};

/// Tells the child which group to read.
const GROUP: &str = "LAMPLIGHTER_TEST_CHAIN_GROUP";

#[tokio::test]
async fn profiles_and_endpoints_come_from_the_environment() {
    let Some(url) = peers::moto() else {
        return;
    };
    let name = unique("chain");
    moto::make_group(&peers::config(&url, "test"), &name, 100).await;
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.ini"));
    let profile = "[profile ops]\naws_access_key_id = test\naws_secret_access_key = secret\n";
    std::fs::write(&file, profile).expect("a file");
    let nobody = "http://127.0.0.1:1";
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "chain::in_an_environment_of_its_own",
            "--ignored",
        ])
        .env_clear()
        .env(GROUP, &name)
        .env("AWS_CONFIG_FILE", &file)
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        // A named profile must win over these.
        .env("AWS_ACCESS_KEY_ID", "another")
        .env("AWS_SECRET_ACCESS_KEY", "another")
        .env("AWS_ENDPOINT_URL", nobody)
        .env("AWS_ENDPOINT_URL_STS", &url)
        .env("AWS_ENDPOINT_URL_AUTO_SCALING", &url)
        .env("AWS_ENDPOINT_URL_EC2", &url)
        .output()
        .expect("it runs");
    std::fs::remove_file(&file).expect("the file goes");
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by another test, in an environment of its own"]
async fn in_an_environment_of_its_own() {
    let name = std::env::var(GROUP).expect("run by another test");
    let mut estate: AwsEstate = peers::estate(MOTO_ACCOUNT);
    estate.accounts[0].profile = Some("ops".into());
    let cloud = AwsCloud::new(&estate);
    let target = cloud.target(&group(MOTO_ACCOUNT, &name)).await;
    let target = target.expect("a reading").expect("the group");
    assert_eq!(target.instances[0].purchase, Purchase::OnDemand);
    let error = cloud.alarms(&peers::scope(MOTO_ACCOUNT)).await;
    let error = error.expect_err("nobody listens for the other services");
    assert!(error.message.starts_with("no connection: "), "{error}");

    estate.accounts[0].profile = Some("absent".into());
    let cloud = AwsCloud::new(&estate);
    let error = cloud.alarms(&peers::scope(MOTO_ACCOUNT)).await;
    let error = error.expect_err("there is no such profile");
    assert_eq!(error.kind, ports::CloudErrorKind::Credentials, "{error}");
    assert!(error.message.contains("absent"), "{error}");
}
