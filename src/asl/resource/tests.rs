use super::*;

fn shape(resource: &Resource) -> String {
    match resource {
        Resource::Lambda { function, qualifier } => {
            format!("lambda {function} {}", qualifier.as_deref().unwrap_or("-"))
        }
        Resource::Activity { name } => format!("activity {name}"),
        Resource::Optimised { service, api, pattern } => format!("{service} {api} {pattern:?}"),
        Resource::AwsSdk { service, action, pattern } => format!("sdk {service} {action} {pattern:?}"),
        Resource::MapS3(api) => format!("map {}", api.name()),
        other => format!("{other:?}"),
    }
}

#[test]
fn resources_have_the_expected_shape_and_no_errors() {
    for (text, expected) in [
        ("arn:aws:lambda:us-east-1:111111111111:function:f", "lambda f -"),
        ("arn:aws-us-gov:lambda:us-gov-west-1:111111111111:function:f:live", "lambda f live"),
        ("arn:aws:lambda:::function:f:$LATEST", "lambda f $LATEST"),
        ("arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${F}", "lambda ${F} -"),
        ("arn:aws:lambda:#{AWS::Region}:#{AWS::AccountId}:function:f", "lambda f -"),
        ("arn:aws:states:us-east-1:111111111111:activity:a-task", "activity a-task"),
        ("arn:aws:states:::lambda:invoke", "lambda invoke RequestResponse"),
        ("arn:aws-cn:states:::sqs:sendMessage.waitForTaskToken", "sqs sendMessage WaitForTaskToken"),
        ("arn:aws-iso-b:states:::batch:submitJob.sync", "batch submitJob Sync"),
        ("arn:aws:states:::states:startExecution.sync:2", "states startExecution Sync2"),
        ("arn:${AWS::Partition}:states:::ecs:runTask.sync", "ecs runTask Sync"),
        ("arn:<partition>:states:::sns:publish", "sns publish RequestResponse"),
        ("arn:aws:states:::bedrockagentcore:invokeHarness", "bedrockagentcore invokeHarness RequestResponse"),
        ("arn:aws:states:::http:invoke", "HttpInvoke"),
        ("arn:aws:states:::s3:listObjectsV2", "map listObjectsV2"),
        ("arn:aws:states:::aws-sdk:s3:getObject", "sdk s3 getObject RequestResponse"),
        ("arn:aws:states:::aws-sdk:rds:createDBInstance.waitForTaskToken", "sdk rds createDBInstance WaitForTaskToken"),
        ("arn:aws:states:us-east-1:111111111111:aws-sdk:s3:getObject", "sdk s3 getObject RequestResponse"),
        ("arn:aws:states:::aws-sdk:${Service}:getObject", "Open"),
        ("arn:aws:states:::${Integration}", "Open"),
        ("arn:aws:states:::lambda:${Api}", "Open"),
        ("${LambdaArn}", "Open"),
        ("${LambdaArn}:${Alias}", "Open"),
        ("{{resolve}}", "Open"),
        ("arn:aws:swf:us-east-1:123456789012:task:X", "Other"),
        ("arn:aws:states:us-east-1:123456789012:stateMachine:x", "Other"),
    ] {
        let (resource, errors) = parse(text);
        assert_eq!(errors, [], "{text}");
        assert_eq!(shape(&resource), expected, "{text}");
    }
}

#[test]
fn errors_stand_at_the_part_at_fault() {
    use Refusal::*;
    // The part at fault is between the `«»`.
    for (refusal, marked, message, suggestion) in [
        (NotAnArn, "«»", "`` is not an ARN", None),
        (NotAnArn, "«TODO»", "`TODO` is not an ARN", None),
        (NotAnArn, "«arn:aws:lambda»", "`arn:aws:lambda` is not an ARN", None),
        (NotAnArn, "«arm»:aws:states:::lambda:invoke", "an ARN starts with `arn:`, not with `arm:`", None),
        (NotAnArn, "arn:«amazon»:states:::lambda:invoke", "`amazon` is not a partition of AWS", None),
        (NotAnArn, "arn:«»:states:::lambda:invoke", "the partition is missing behind `arn:`", None),
        (NotAnArn, "arn:aws:states:::«lambda»", "a name is missing behind `lambda`", None),
        (NotAnArn, "arn:aws:lambda:::«function»", "a name is missing behind `function`", None),
        (UnknownService, "arn:aws:states:::«foo»:bar", "no integration with a service `foo` is known", None),
        (
            UnknownService,
            "arn:aws:states:::«Lambda»:invoke",
            "no integration with a service `Lambda` is known",
            Some("lambda"),
        ),
        (
            UnknownService,
            "arn:aws:states:::«bedrock-agentcore»:invokeHarness",
            "no integration with a service `bedrock-agentcore` is known",
            Some("bedrockagentcore"),
        ),
        (UnknownApi, "arn:aws:states:::dynamodb:«query»", "there is no integration `dynamodb:query`", None),
        (
            UnknownApi,
            "arn:aws:states:::dynamodb:«PutItem»",
            "there is no integration `dynamodb:PutItem`",
            Some("putItem"),
        ),
        (UnknownApi, "arn:aws:states:::s3:«copyObject»", "there is no integration `s3:copyObject`", None),
        (
            UnsupportedPattern,
            "arn:aws:states:::dynamodb:putItem«.waitForTaskToken»",
            "`dynamodb:putItem` does not know the pattern `.waitForTaskToken`",
            None,
        ),
        (
            UnsupportedPattern,
            "arn:aws:states:::lambda:invoke«.sync»",
            "`lambda:invoke` does not know the pattern `.sync`",
            None,
        ),
        (
            UnsupportedPattern,
            "arn:aws:states:::ecs:runTask«.sync:2»",
            "`ecs:runTask` does not know the pattern `.sync:2`",
            None,
        ),
        (
            UnsupportedPattern,
            "arn:aws:states:::aws-sdk:glue:startJobRun«.sync»",
            "an `aws-sdk` integration does not know the pattern `.sync`",
            None,
        ),
        (
            UnknownPattern,
            "arn:aws:states:::sqs:sendMessage«.waitForTasktoken»",
            "there is no integration pattern `.waitForTasktoken`",
            Some(".waitForTaskToken"),
        ),
        (
            UnknownPattern,
            "arn:aws:states:::ecs:runTask«.synch»",
            "there is no integration pattern `.synch`",
            Some(".sync"),
        ),
        (UnknownPattern, "arn:aws:states:::ecs:runTask«:2»", "there is no integration pattern `:2`", None),
        (UnknownApi, "arn:aws:states:::aws-sdk:«s3»", "an action is missing behind `aws-sdk:s3`", None),
        (
            Casing,
            "arn:aws:states:::aws-sdk:secretsmanager:«GetSecretValue»",
            "`GetSecretValue` is not an action: letters and digits, the first in lower case",
            Some("getSecretValue"),
        ),
        (
            Casing,
            "arn:aws:states:::aws-sdk:«secrets-Manager»:getSecretValue",
            "`secrets-Manager` is not a service: lower-case letters and digits only",
            Some("secretsmanager"),
        ),
    ] {
        let text = marked.replace(['«', '»'], "");
        let start = marked.find('«').unwrap();
        let expected = ResourceError {
            span: span(start, marked.find('»').unwrap() - "«".len()),
            message: message.to_owned(),
            refusal,
            suggestion: suggestion.map(str::to_owned),
        };
        assert_eq!(parse(&text).1, [expected], "{marked}");
    }
}

#[test]
fn the_table_is_sorted_complete_and_speaks_for_itself() {
    let keys: Vec<_> = integrations().iter().map(|known| (known.service.as_str(), known.api.as_str())).collect();
    let mut services: Vec<_> = keys.iter().map(|(service, _)| *service).collect();
    assert!(services.is_sorted(), "by service");
    services.dedup();
    assert_eq!(services.len(), 23);
    for (at, key) in keys.iter().enumerate() {
        assert!(!keys[..at].contains(key), "{key:?} twice");
    }
    for known in integrations() {
        assert!(known.patterns.contains(&Pattern::RequestResponse));
        for pattern in &known.patterns {
            let text = format!("arn:aws:states:::{}:{}{pattern}", known.service, known.api);
            let (resource, errors) = parse(&text);
            assert_eq!(errors, [], "{text}");
            assert_eq!(resource.pattern(), *pattern, "{text}");
            assert!(std::ptr::eq(resource.integration().unwrap(), known), "{text}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(text in "(arn:aws:(states|lambda):::)?[a-z:.${}<>A-Zß-]{0,32}") {
        for error in parse(&text).1 {
            proptest::prop_assert!(text.get(error.span.range()).is_some(), "{error:?} in {text}");
        }
    }
}
