//! Devices: handed out, confirmed, shown, remembered and forgotten; each by its own user and by administrators only.

use super::fixtures::Tokens;
use super::harness::{START, Site, merged, site_test};
use crate::api::Cx;
use crate::auth::srp::{self, Claim, client::Client};
use crate::devices::sign_in::{self, NewDeviceMetadata};
use crate::devices::{Device, jobs};
use crate::kit::clock::{DAY, SECOND};
use crate::kit::text;
use futures::future::join_all;
use serde_json::{Value, json};

const SECRET: &str = "a secret of the device's own";
const UNKNOWN: (&str, &str) = ("ResourceNotFoundException", "Device does not exist.");
const BAD_KEY: (&str, &str) = ("InvalidParameterException", "Invalid device key given.");
/// Its first bit is set, so that it travels with a zero byte in front.
const SALT: [u8; 16] = [0x9c; 16];

/// A pool that tracks devices, with Jane and John signed in.
struct World {
    pool: String,
    jane: (String, Tokens),
    john: (String, Tokens),
}

async fn world(site: &Site, devices: Value) -> World {
    let pool = site.pool(json!({ "DeviceConfiguration": devices })).await;
    let client = site.client(&pool, json!({})).await;
    let jane = (site.user(&pool, "jane").await, site.sign_in(&client, "jane").await);
    let john = (site.user(&pool, "john").await, site.sign_in(&client, "john").await);
    World { pool, jane, john }
}

/// What a sign-in hands out.
async fn hand_out(site: &Site, pool: &str, sub: &str) -> NewDeviceMetadata {
    let mut cx = Cx::internal(site.app.clone());
    let pool = crate::pools::load(&mut cx, pool).await.unwrap();
    let metadata = sign_in::new_metadata(&cx, &pool);
    let (now, address) = (cx.now(), std::net::IpAddr::from([203, 0, 113, 7]));
    let mut tx = cx.begin().await.unwrap();
    sign_in::begin(&mut tx, &pool.id, sub, &metadata, now, address).await.unwrap();
    tx.commit().await.unwrap();
    metadata
}

async fn find(site: &Site, pool: &str, sub: &str, key: &str) -> Option<Device> {
    let mut tx = site.app.db.read().await.unwrap();
    sign_in::find(&mut tx, pool, sub, key).await.unwrap()
}

/// A request of a client that confirms its device as the SDKs do.
fn confirmation(token: &str, device: &NewDeviceMetadata) -> Value {
    let verifier = srp::verifier(&device.device_group_key, &device.device_key, SECRET, SALT);
    let padded = |number: &[u8]| text::base64(&[&[0], number].concat());
    json!({ "AccessToken": token, "DeviceKey": device.device_key, "DeviceName": "Jane's phone",
        "DeviceSecretVerifierConfig": { "PasswordVerifier": padded(&verifier.v), "Salt": padded(&SALT) } })
}

async fn confirmed(site: &Site, pool: &str, (sub, tokens): &(String, Tokens)) -> NewDeviceMetadata {
    let device = hand_out(site, pool, sub).await;
    site.ok("ConfirmDevice", confirmation(&tokens.access, &device)).await;
    device
}

fn of(token: &str, device: &NewDeviceMetadata) -> Value {
    json!({ "AccessToken": token, "DeviceKey": device.device_key })
}

fn by_admin(pool: &str, user: &str, device: &NewDeviceMetadata) -> Value {
    json!({ "UserPoolId": pool, "Username": user, "DeviceKey": device.device_key })
}

fn attribute<'a>(device: &'a Value, name: &str) -> Option<&'a str> {
    device["DeviceAttributes"].as_array()?.iter().find(|a| a["Name"] == name)?["Value"].as_str()
}

site_test!(a_device_is_confirmed_and_shown, |site: Site| async move {
    let w = world(&site, json!({ "DeviceOnlyRememberedOnUserPrompt": false })).await;
    let device = hand_out(&site, &w.pool, &w.jane.0).await;
    assert_eq!((device.device_key.len(), device.device_group_key.len()), ("us-east-1_".len() + 36, 9));
    assert!(device.device_key.starts_with("us-east-1_") && device.device_group_key.starts_with('-'));
    site.advance(SECOND);
    let answer = site.ok("ConfirmDevice", confirmation(&w.jane.1.access, &device)).await;
    assert_eq!(answer, json!({ "UserConfirmationNecessary": false }));

    let shown = site.ok("GetDevice", of(&w.jane.1.access, &device)).await["Device"].clone();
    assert_eq!(shown, site.ok("AdminGetDevice", by_admin(&w.pool, "jane", &device)).await["Device"]);
    let at = START as f64 / 1_000.0;
    for (name, value) in [
        ("DeviceKey", json!(device.device_key)),
        ("DeviceCreateDate", json!(at)),
        ("DeviceLastModifiedDate", json!(at + 1.0)),
        ("DeviceLastAuthenticatedDate", json!(at)),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    let owner = format!("jane.{}", w.pool);
    let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:owner/{owner}/device/{}", device.device_key);
    for (name, value) in [
        ("device_status", "valid"),
        ("device_name", "Jane's phone"),
        ("dev:device_arn", arn.as_str()),
        ("dev:device_owner", owner.as_str()),
        ("last_ip_used", "203.0.113.7"),
        ("dev:device_remembered_status", "remembered"),
        ("dev:device_sdk", "aws-sdk"),
    ] {
        assert_eq!(attribute(&shown, name), Some(value), "{name}");
    }
    assert_eq!(shown["DeviceAttributes"].as_array().map(Vec::len), Some(7));
    assert!(!shown.to_string().contains(&device.device_group_key));
});

site_test!(a_device_is_confirmed_once_and_by_its_user_only, |site: Site| async move {
    let w = world(&site, json!({ "DeviceOnlyRememberedOnUserPrompt": false })).await;
    let device = hand_out(&site, &w.pool, &w.jane.0).await;
    site.refused("ConfirmDevice", confirmation(&w.john.1.access, &device), BAD_KEY.0, BAD_KEY.1).await;
    let elsewhere = world(&site, json!({ "DeviceOnlyRememberedOnUserPrompt": false })).await;
    site.refused("ConfirmDevice", confirmation(&elsewhere.jane.1.access, &device), BAD_KEY.0, BAD_KEY.1).await;
    let never = NewDeviceMetadata { device_key: "us-east-1_00000000-0000-4000-8000-000000000000".into(), ..device.clone() };
    site.refused("ConfirmDevice", confirmation(&w.jane.1.access, &never), BAD_KEY.0, BAD_KEY.1).await;
    assert!(!find(&site, &w.pool, &w.jane.0, &device.device_key).await.unwrap().is_confirmed());

    let input = confirmation(&w.jane.1.access, &device);
    let answers = join_all((0..5).map(|_| site.api("ConfirmDevice", input.clone()))).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    let before = find(&site, &w.pool, &w.jane.0, &device.device_key).await;
    site.refused("ConfirmDevice", input, "DeviceKeyExistsException", "A device with the key already exists.").await;
    assert_eq!(find(&site, &w.pool, &w.jane.0, &device.device_key).await, before, "the first verifier stays");
});

site_test!(a_verifier_must_be_one, |site: Site| async move {
    let w = world(&site, json!({ "DeviceOnlyRememberedOnUserPrompt": false })).await;
    let device = hand_out(&site, &w.pool, &w.jane.0).await;
    let good = confirmation(&w.jane.1.access, &device);
    let (salt, verifier) = ("Invalid salt given.", "Invalid password verifier given.");
    let modulus = text::base64(&crate::kit::bignum::Group::srp3072().modulus()[..]);
    for (member, value, message) in [
        ("Salt", Value::Null, salt),
        ("Salt", json!(""), salt),
        ("Salt", json!("not base64"), salt),
        ("Salt", json!(text::base64(&[0; 16])), salt),
        ("Salt", json!(text::base64(&[1; 17])), salt),
        ("PasswordVerifier", Value::Null, verifier),
        ("PasswordVerifier", json!(""), verifier),
        ("PasswordVerifier", json!("AA=="), verifier),
        ("PasswordVerifier", json!(modulus), verifier),
        ("PasswordVerifier", json!(text::base64(&[0xff; 90_000])), verifier),
    ] {
        let mut bad = good.clone();
        bad["DeviceSecretVerifierConfig"][member] = value;
        site.refused("ConfirmDevice", bad, "InvalidParameterException", message).await;
    }
    let without = merged(good.clone(), json!({ "DeviceSecretVerifierConfig": null }));
    let message = "Missing required parameter DeviceSecretVerifierConfig";
    site.refused("ConfirmDevice", without, "InvalidParameterException", message).await;
    site.ok("ConfirmDevice", merged(good, json!({ "DeviceName": null }))).await;
    let shown = site.ok("GetDevice", of(&w.jane.1.access, &device)).await;
    assert_eq!(attribute(&shown["Device"], "device_name"), None);
});

site_test!(the_stored_verifier_checks_the_devices_secret, |site: Site| async move {
    let w = world(&site, json!({ "DeviceOnlyRememberedOnUserPrompt": false })).await;
    let device = confirmed(&site, &w.pool, &w.jane).await;
    let stored = find(&site, &w.pool, &w.jane.0, &device.device_key).await.unwrap();
    assert_eq!(stored.group_key, device.device_group_key);
    let verifier = stored.verifier(&Cx::internal(site.app.clone())).unwrap();
    assert!(!stored.verifier.unwrap().windows(16).any(|w| w == SALT), "it is sealed");
    let (client, b) = (Client::new(&[7; 32]), [9; 32]);
    let (a, public_b) = (srp::parse_a(&client.srp_a()).unwrap(), srp::public_b(&verifier, &b).unwrap());
    let claim = Claim { pool_name: &device.device_group_key, username: &device.device_key, secret_block: b"block", timestamp: "now" };
    let expected = srp::expected_signature(&claim, &verifier, &b, &a, &public_b);
    assert_eq!(client.signature(&claim, SECRET, &verifier.salt, &public_b), expected);
    assert_ne!(client.signature(&claim, "guess", &verifier.salt, &public_b), expected);
});

site_test!(nobody_reaches_anothers_device, |site: Site| async move {
    let w = world(&site, json!({ "DeviceOnlyRememberedOnUserPrompt": false })).await;
    let device = confirmed(&site, &w.pool, &w.jane).await;
    let (other, elsewhere) =
        (confirmed(&site, &w.pool, &w.john).await, world(&site, json!({ "DeviceOnlyRememberedOnUserPrompt": false })).await);
    for token in [&w.john.1.access, &elsewhere.jane.1.access] {
        for operation in ["GetDevice", "ForgetDevice", "UpdateDeviceStatus"] {
            site.refused(operation, of(token, &device), UNKNOWN.0, UNKNOWN.1).await;
        }
        let input = merged(of(token, &device), json!({ "DeviceRememberedStatus": "not_remembered" }));
        site.refused("UpdateDeviceStatus", input, UNKNOWN.0, UNKNOWN.1).await;
    }
    for operation in ["AdminGetDevice", "AdminForgetDevice", "AdminUpdateDeviceStatus"] {
        for (pool, user) in [(&w.pool, "john"), (&elsewhere.pool, "jane")] {
            site.refused(operation, by_admin(pool, user, &device), UNKNOWN.0, UNKNOWN.1).await;
        }
        let nobody = by_admin(&w.pool, "nobody", &device);
        site.refused(operation, nobody, "UserNotFoundException", "User does not exist.").await;
    }
    let listed = site.ok("ListDevices", json!({ "AccessToken": w.john.1.access })).await;
    assert_eq!((listed["Devices"].as_array().map(Vec::len), &listed["Devices"][0]["DeviceKey"]), (Some(1), &json!(other.device_key)));
    assert!(find(&site, &w.pool, &w.jane.0, &device.device_key).await.unwrap().is_remembered());
});

site_test!(a_key_that_was_only_handed_out_is_no_device, |site: Site| async move {
    let w = world(&site, json!({ "DeviceOnlyRememberedOnUserPrompt": false })).await;
    let device = hand_out(&site, &w.pool, &w.jane.0).await;
    let remember = json!({ "DeviceRememberedStatus": "remembered" });
    for operation in ["GetDevice", "ForgetDevice", "UpdateDeviceStatus"] {
        site.refused(operation, of(&w.jane.1.access, &device), UNKNOWN.0, UNKNOWN.1).await;
    }
    site.refused("UpdateDeviceStatus", merged(of(&w.jane.1.access, &device), remember), UNKNOWN.0, UNKNOWN.1).await;
    assert_eq!(site.ok("ListDevices", json!({ "AccessToken": w.jane.1.access })).await, json!({ "Devices": [] }));
    let stored = find(&site, &w.pool, &w.jane.0, &device.device_key).await.unwrap();
    assert!(!stored.is_confirmed() && !stored.is_remembered() && stored.verifier(&Cx::internal(site.app.clone())).is_none());

    // After a day it is gone, like the keys that the sign-ins handed out; what was confirmed stays.
    let kept = confirmed(&site, &w.pool, &w.jane).await;
    let mut cx = Cx::internal(site.app.clone());
    for (by, left) in [(DAY, 4), (1, 1)] {
        site.advance(by);
        jobs::sweep(&mut cx).await.unwrap();
        assert_eq!(site.count("devices").await, left);
    }
    assert!(find(&site, &w.pool, &w.jane.0, &kept.device_key).await.is_some());
});

site_test!(a_device_is_remembered_as_its_user_says, |site: Site| async move {
    let w = world(&site, json!({ "DeviceOnlyRememberedOnUserPrompt": true })).await;
    let device = hand_out(&site, &w.pool, &w.jane.0).await;
    let answer = site.ok("ConfirmDevice", confirmation(&w.jane.1.access, &device)).await;
    assert_eq!(answer, json!({ "UserConfirmationNecessary": true }));
    let remembered = async || {
        let got = site.ok("AdminGetDevice", by_admin(&w.pool, "jane", &device)).await;
        attribute(&got["Device"], "dev:device_remembered_status").map(str::to_owned)
    };
    assert_eq!(remembered().await.as_deref(), Some("not_remembered"));
    for (operation, base, status) in [
        ("UpdateDeviceStatus", of(&w.jane.1.access, &device), "remembered"),
        ("UpdateDeviceStatus", of(&w.jane.1.access, &device), "not_remembered"),
        ("AdminUpdateDeviceStatus", by_admin(&w.pool, "jane", &device), "remembered"),
    ] {
        assert_eq!(site.ok(operation, merged(base.clone(), json!({ "DeviceRememberedStatus": status }))).await, json!({}));
        assert_eq!(remembered().await.as_deref(), Some(status));
        // Without a status, nothing changes.
        site.ok(operation, base).await;
        assert_eq!(remembered().await.as_deref(), Some(status));
    }
    let stored = find(&site, &w.pool, &w.jane.0, &device.device_key).await.unwrap();
    site.advance(SECOND);
    let mut tx = site.app.db.begin().await.unwrap();
    sign_in::touch(&mut tx, &stored, site.now(), std::net::IpAddr::from([192, 0, 2, 1])).await.unwrap();
    tx.commit().await.unwrap();
    let shown = site.ok("GetDevice", of(&w.jane.1.access, &device)).await["Device"].clone();
    assert_eq!(attribute(&shown, "last_ip_used"), Some("192.0.2.1"));
    assert_eq!(shown["DeviceLastAuthenticatedDate"], json!(START as f64 / 1_000.0 + 1.0));
});

site_test!(devices_come_in_pages_and_are_forgotten, |site: Site| async move {
    let w = world(&site, json!({ "DeviceOnlyRememberedOnUserPrompt": false })).await;
    let mut devices = Vec::new();
    for _ in 0..5 {
        devices.push(confirmed(&site, &w.pool, &w.jane).await);
    }
    hand_out(&site, &w.pool, &w.jane.0).await;
    let mut keys: Vec<_> = devices.iter().map(|d| d.device_key.clone()).collect();
    keys.sort_unstable();
    let by_user = json!({ "AccessToken": w.jane.1.access });
    let by_name = json!({ "UserPoolId": w.pool, "Username": "jane" });
    for (operation, base) in [("ListDevices", &by_user), ("AdminListDevices", &by_name)] {
        for (limit, sizes) in [(2, &[2, 2, 1][..]), (5, &[5]), (0, &[5])] {
            let (mut seen, mut lengths, mut next) = (Vec::new(), Vec::new(), Value::Null);
            loop {
                let answer = site.ok(operation, merged(base.clone(), json!({ "Limit": limit, "PaginationToken": next }))).await;
                let page = answer["Devices"].as_array().unwrap();
                lengths.push(page.len());
                seen.extend(page.iter().map(|d| d["DeviceKey"].as_str().unwrap().to_owned()));
                next = answer.get("PaginationToken").cloned().unwrap_or_default();
                if next.is_null() || lengths.len() > 9 {
                    break;
                }
            }
            assert_eq!((&seen, &lengths[..]), (&keys, sizes), "{operation} by {limit}");
        }
    }
    let token = site.ok("ListDevices", merged(by_user, json!({ "Limit": 1 }))).await["PaginationToken"].clone();
    let john = json!({ "AccessToken": w.john.1.access, "PaginationToken": token });
    site.refused("ListDevices", john, "InvalidParameterException", "Invalid pagination token given.").await;

    assert_eq!(site.ok("ForgetDevice", of(&w.jane.1.access, &devices[0])).await, json!({}));
    assert_eq!(site.ok("AdminForgetDevice", by_admin(&w.pool, "jane", &devices[1])).await, json!({}));
    for device in &devices[..2] {
        site.refused("GetDevice", of(&w.jane.1.access, device), UNKNOWN.0, UNKNOWN.1).await;
        site.refused("ForgetDevice", of(&w.jane.1.access, device), UNKNOWN.0, UNKNOWN.1).await;
        // A forgotten key is not confirmed again.
        site.refused("ConfirmDevice", confirmation(&w.jane.1.access, device), BAD_KEY.0, BAD_KEY.1).await;
    }
    site.ok("AdminDeleteUser", by_name).await;
    // What is left is the key that John's sign-in handed out.
    assert_eq!(site.count("devices").await, 1);
});

site_test!(a_pool_that_tracks_no_devices_says_so, |site: Site| async move {
    let (pool, client) = site.pool_and_client().await;
    let sub = site.user(&pool, "jane").await;
    let tokens = site.sign_in(&client, "jane").await;
    let device = hand_out(&site, &pool, &sub).await;
    let named = json!({ "UserPoolId": pool, "Username": "jane" });
    for (operation, input) in [
        ("ConfirmDevice", confirmation(&tokens.access, &device)),
        ("GetDevice", of(&tokens.access, &device)),
        ("ListDevices", json!({ "AccessToken": tokens.access })),
        ("UpdateDeviceStatus", of(&tokens.access, &device)),
        ("ForgetDevice", of(&tokens.access, &device)),
        ("AdminGetDevice", by_admin(&pool, "jane", &device)),
        ("AdminListDevices", named),
        ("AdminUpdateDeviceStatus", by_admin(&pool, "jane", &device)),
        ("AdminForgetDevice", by_admin(&pool, "jane", &device)),
    ] {
        let message = "Device tracking is not enabled for the user pool.";
        site.refused(operation, input, "InvalidUserPoolConfigurationException", message).await;
    }
});
