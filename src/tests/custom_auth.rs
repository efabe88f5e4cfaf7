//! CUSTOM_AUTH: sign-ins that the pool's functions define.

use super::fixtures::{PASSWORD, Tokens};
use crate::tests::harness::{Site, site_test};
use crate::triggers::{Failure, Functions, Invocation};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Functions that ask a riddle twice, and keep what they were called with.
#[derive(Clone, Default)]
struct Riddles {
    seen: Arc<Mutex<Vec<Value>>>,
}

impl Functions for Riddles {
    fn invoke<'a>(&'a self, arn: &'a str, mut event: Value) -> Invocation<'a> {
        self.seen.lock().unwrap().push(event.clone());
        Box::pin(async move {
            let request = event["request"].clone();
            let past = request["session"].as_array().cloned().unwrap_or_default();
            let response = match arn.rsplit(':').next().unwrap_or_default() {
                "define" if past.iter().any(|round| round["challengeResult"] == false) => json!({ "failAuthentication": true }),
                "define" if past.first().is_some_and(|r| r["challengeName"] == "SRP_A") && past.len() == 1 => {
                    json!({ "challengeName": "PASSWORD_VERIFIER" })
                }
                "define" if past.iter().filter(|r| r["challengeName"] == "CUSTOM_CHALLENGE").count() == 2 => json!({ "issueTokens": true }),
                "define" => json!({ "challengeName": "CUSTOM_CHALLENGE" }),
                "create" => json!({
                    "publicChallengeParameters": { "riddle": "what is it?" }, "privateChallengeParameters": { "answer": "a fish" },
                    "challengeMetadata": "RIDDLE",
                }),
                "verify" => json!({ "answerCorrect": request["challengeAnswer"] == request["privateChallengeParameters"]["answer"] }),
                "throws" => return Err(Failure::Threw("no riddles today".into())),
                _ => json!(7),
            };
            event["response"] = response;
            Ok(event)
        })
    }
}

async fn pool_and_client(site: &Site, define: &str) -> (String, String, Riddles) {
    let arn = |name: &str| format!("arn:aws:lambda:us-east-1:000000000000:function:{name}");
    let functions = json!({
        "DefineAuthChallenge": arn(define), "CreateAuthChallenge": arn("create"), "VerifyAuthChallengeResponse": arn("verify"),
    });
    let pool = site.pool(json!({ "LambdaConfig": functions })).await;
    let flows = ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let client = site.client(&pool, json!({ "ExplicitAuthFlows": flows, "PreventUserExistenceErrors": "ENABLED" })).await;
    let riddles = Riddles::default();
    assert!(site.app.functions.set(Box::new(riddles.clone())).is_ok());
    (pool, client, riddles)
}

fn begin(client: &str, name: &str) -> Value {
    json!({ "ClientId": client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": { "USERNAME": name } })
}

fn answer(client: &str, name: &str, asked: &Value, given: &str) -> Value {
    let responses = json!({ "USERNAME": name, "ANSWER": given });
    json!({ "ClientId": client, "ChallengeName": "CUSTOM_CHALLENGE", "Session": asked["Session"], "ChallengeResponses": responses })
}

site_test!(functions_define_create_and_verify, |site: Site| async move {
    let (pool, client, riddles) = pool_and_client(&site, "define").await;
    site.user(&pool, "jane").await;
    let asked = site.ok("InitiateAuth", begin(&client, "jane")).await;
    assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE");
    assert_eq!(asked["ChallengeParameters"], json!({ "riddle": "what is it?", "USERNAME": "jane" }), "nothing private is told");
    let next = site.ok("RespondToAuthChallenge", answer(&client, "jane", &asked, "a fish")).await;
    let tokens = Tokens::of(&site.ok("RespondToAuthChallenge", answer(&client, "jane", &next, "a fish")).await);
    assert_eq!(tokens.access_claims()["username"], "jane");
    let seen = riddles.seen.lock().unwrap().clone();
    let last = seen.last().unwrap();
    let round = json!({ "challengeName": "CUSTOM_CHALLENGE", "challengeResult": true, "challengeMetadata": "RIDDLE" });
    assert_eq!(last["request"]["session"], json!([round, round]));
    assert_eq!(last["triggerSource"], "DefineAuthChallenge_Authentication");
    assert_eq!(last["request"]["userAttributes"]["cognito:user_status"], "CONFIRMED");
    assert_eq!(last["callerContext"]["clientId"], client.as_str());
});

site_test!(a_wrong_answer_fails_and_a_session_works_once, |site: Site| async move {
    let (pool, client, _) = pool_and_client(&site, "define").await;
    site.user(&pool, "jane").await;
    let asked = site.ok("InitiateAuth", begin(&client, "jane")).await;
    let wrong = site.api("RespondToAuthChallenge", answer(&client, "jane", &asked, "a bird")).await;
    wrong.expect_refusal("NotAuthorizedException", "Incorrect username or password.");
    let once = "Invalid session for the user, session can only be used once.";
    let again = answer(&client, "jane", &asked, "a fish");
    site.refused("RespondToAuthChallenge", again, "NotAuthorizedException", once).await;
});

site_test!(nobody_is_told_apart, |site: Site| async move {
    let (pool, client, riddles) = pool_and_client(&site, "define").await;
    site.user(&pool, "jane").await;
    let asked = site.ok("InitiateAuth", begin(&client, "nobody")).await;
    assert_eq!(asked["ChallengeParameters"], json!({ "riddle": "what is it?", "USERNAME": "nobody" }));
    assert_eq!(riddles.seen.lock().unwrap()[0]["request"]["userNotFound"], true);
    let next = site.ok("RespondToAuthChallenge", answer(&client, "nobody", &asked, "a fish")).await;
    let end = site.api("RespondToAuthChallenge", answer(&client, "nobody", &next, "a fish")).await;
    end.expect_refusal("NotAuthorizedException", "Incorrect username or password.");
    assert_eq!(site.count("sessions").await, 0);
});

site_test!(functions_that_fail_end_the_sign_in, |site: Site| async move {
    let (pool, client, _) = pool_and_client(&site, "throws").await;
    site.user(&pool, "jane").await;
    let thrown = "DefineAuthChallenge failed with error no riddles today.";
    site.refused("InitiateAuth", begin(&client, "jane"), "UserLambdaValidationException", thrown).await;
});

site_test!(without_anybody_to_run_them_functions_cannot_be_reached, |site: Site| async move {
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:define";
    let pool = site.pool(json!({ "LambdaConfig": { "DefineAuthChallenge": arn } })).await;
    let client = site.client(&pool, json!({ "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] })).await;
    site.user(&pool, "jane").await;
    let unreachable = "DefineAuthChallenge invocation failed due to error AccessDeniedException";
    site.refused("InitiateAuth", begin(&client, "jane"), "UnexpectedLambdaException", unreachable).await;
});

site_test!(srp_may_come_first, |site: Site| async move {
    let (pool, client, riddles) = pool_and_client(&site, "define").await;
    site.user(&pool, "jane").await;
    let srp = crate::auth::srp::client::Client::new(&[9; 32]);
    let mut input = begin(&client, "jane");
    input["AuthParameters"] = json!({ "USERNAME": "jane", "CHALLENGE_NAME": "SRP_A", "SRP_A": srp.srp_a() });
    let asked = site.ok("InitiateAuth", input).await;
    assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER");
    let riddle = site
        .ok("RespondToAuthChallenge", crate::tests::srp::response(&pool, &client, &(srp, asked["ChallengeParameters"].clone()), PASSWORD))
        .await;
    assert_eq!(riddle["ChallengeName"], "CUSTOM_CHALLENGE");
    let next = site.ok("RespondToAuthChallenge", answer(&client, "jane", &riddle, "a fish")).await;
    site.ok("RespondToAuthChallenge", answer(&client, "jane", &next, "a fish")).await;
    let first = riddles.seen.lock().unwrap()[1]["request"]["session"].clone();
    assert_eq!(first[0], json!({ "challengeName": "SRP_A", "challengeResult": true }));
    assert_eq!(first[1], json!({ "challengeName": "PASSWORD_VERIFIER", "challengeResult": true }));
});
