//! What guests' sessions are limited to, whatever their role allows.

use serde_json::json;

/// The managed policy that limits guests too: they may do what either allows.
pub use crate::iam::managed::GUESTS as MANAGED;

const SERVICES: [&str; 32] = [
    "cloudwatch:*",
    "logs:*",
    "dynamodb:*",
    "kinesis:*",
    "mobileanalytics:*",
    "s3:*",
    "ses:*",
    "sns:*",
    "sqs:*",
    "lambda:*",
    "machinelearning:*",
    "execute-api:*",
    "iot:*",
    "gamelift:*",
    "cognito-identity:*",
    "cognito-idp:*",
    "lex:*",
    "polly:*",
    "comprehend:*",
    "translate:*",
    "transcribe:*",
    "rekognition:*",
    "mobiletargeting:*",
    "firehose:*",
    "appsync:*",
    "personalize:*",
    "sagemaker:InvokeEndpoint",
    "cognito-sync:*",
    "codewhisperer:*",
    "textract:DetectDocumentText",
    "textract:AnalyzeDocument",
    "sdb:*",
];

/// The session policy that goes along with the managed one.
pub fn policy() -> String {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": SERVICES, "Resource": "*" }] }).to_string()
}
