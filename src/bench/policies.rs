//! How long a decision by policies takes: a role of twenty statements with variables and conditions.

use super::load::Clock;
use super::report::{Limit, Report};
use crate::iam::policy::evaluate::{Layers, Named, Request, decide};
use crate::iam::policy::principal::Requester;
use crate::iam::policy::{Context, Kind, read};
use anyhow::Result;
use serde_json::{Value, json};
use std::sync::Arc;

const STATEMENTS: usize = 20;
const AIM: f64 = 20.0;

pub fn measure(report: &mut Report, seconds: f64) -> Result<()> {
    let policy = Arc::new(read(&document().to_string(), Kind::Identity)?);
    let identity = [Named { id: "role".to_owned(), kind: "Role Policy", policy }];
    let layers = Layers { identity: &identity, ..Layers::default() };
    let mut context = Context::default();
    context
        .set("cognito-identity.amazonaws.com:sub", "us-east-1:0b1c2d3e-0000-4000-8000-000000000000")
        .set("aws:PrincipalTag/department", "research")
        .set("aws:SourceIp", "203.0.113.7")
        .set("aws:CurrentTime", "2026-01-01T00:00:00Z")
        .set_many("cognito-identity.amazonaws.com:amr", vec!["authenticated".into(), "graph.facebook.com".into()]);
    let resource = "arn:aws:s3:::data-19/us-east-1:0b1c2d3e-0000-4000-8000-000000000000/photos/2026/01.jpg";
    let (clock, mut count) = (Clock::start(), 0_u32);
    while clock.elapsed().as_secs_f64() < seconds {
        for _ in 0..100 {
            let request = Request::new("s3:GetObject", resource, &context, Requester::default());
            std::hint::black_box(decide(&layers, std::hint::black_box(&request)));
        }
        count = count.saturating_add(100);
    }
    let each = clock.elapsed().as_secs_f64() * 1e6 / f64::from(count);
    report.limit(Limit::at_most("a decision by policies", each, "µs", AIM).note("20 statements with variables and conditions"));
    Ok(())
}

fn document() -> Value {
    let statement = |n: usize| {
        json!({
            "Effect": if n % 5 == 4 && n + 1 < STATEMENTS { "Deny" } else { "Allow" },
            "Action": ["s3:Get*", "s3:Put*", "dynamodb:*Item"],
            "Resource": format!("arn:aws:s3:::data-{n}/${{cognito-identity.amazonaws.com:sub}}/*"),
            "Condition": {
                "StringLike": { "aws:PrincipalTag/department": ["res*", "dev*"] },
                "ForAnyValue:StringEquals": { "cognito-identity.amazonaws.com:amr": "authenticated" },
                "IpAddress": { "aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"] },
                "DateLessThan": { "aws:CurrentTime": "2030-01-01T00:00:00Z" },
            },
        })
    };
    json!({ "Version": "2012-10-17", "Statement": (0..STATEMENTS).map(statement).collect::<Vec<_>>() })
}
