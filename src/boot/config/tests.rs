//! What settings come to, and which are refused.

use super::*;

#[test]
fn defaults_follow_the_port() {
    let config = Settings { listen: Some("127.0.0.1:9000".into()), ..Settings::default() }.resolve(false).unwrap();
    assert_eq!(config.issuer("us-east-1_X"), "http://localhost:9000/us-east-1_X");
    assert_eq!(config.pool_of_issuer("http://localhost:9000/us-east-1_X"), Some("us-east-1_X"));
    assert_eq!(config.pool_of_issuer("http://localhost:9000.evil.example/us-east-1_X"), None);
    assert_eq!(config.prefix_of_host("acme.auth.localhost"), Some("acme"));
    assert_eq!(config.prefix_of_host("a.b.auth.localhost"), None);
    assert_eq!(config.master_key_file, PathBuf::from("data/master.key"));
}

#[test]
fn what_cannot_work_is_refused() {
    let refused = |settings: Settings| settings.resolve(false).is_err();
    assert!(refused(Settings { listen: Some("8080".into()), ..Settings::default() }));
    assert!(refused(Settings { public_url: Some("ftp://x".into()), ..Settings::default() }));
    assert!(refused(Settings { public_url: Some("https://x/path".into()), ..Settings::default() }));
    assert!(refused(Settings { account_id: Some("1".into()), ..Settings::default() }));
    assert!(refused(Settings { root_access_key_id: Some("AKIA".into()), ..Settings::default() }));
}

#[test]
fn an_unknown_key_in_the_file_is_an_error_and_a_flag_wins() {
    let folder = std::env::temp_dir().join(format!("poolhouse_config_{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("a.toml");
    std::fs::write(&file, "region = \"eu-west-1\"\naccount_id = \"111111111111\"\n").unwrap();
    let given = Settings { region: Some("eu-north-1".into()), ..Settings::default() };
    let merged = given.with_file(Some(&file)).unwrap();
    assert_eq!((merged.region.as_deref(), merged.account_id.as_deref()), (Some("eu-north-1"), Some("111111111111")));
    std::fs::write(&file, "regoin = \"eu-west-1\"\n").unwrap();
    assert!(Settings::default().with_file(Some(&file)).unwrap_err().to_string().contains("regoin"));
    std::fs::remove_dir_all(&folder).unwrap();
}
