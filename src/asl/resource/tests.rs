use super::super::path::span;
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
        ("arn:aws:lambda:us-east-1:111111111111:function:...", "lambda ... -"),
        ("arn:aws:lambda:us-east-1:111111111111:function:{stage}.x", "lambda {stage}.x -"),
        ("arn:aws:lambda:us-east-1:111111111111:function:a.${x}", "lambda a.${x} -"),
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
        ("arn:aws:states:us-east-1:123456789012:task:x", "Other"),
        ("arn:aws:states:<region>:<account>:activity:a", "activity a"),
        ("arn:aws:states:us-east-1:ACCOUNT:activity:a${n}", "activity a${n}"),
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
        (NotAnArn, "«»", "the resource is empty", None),
        (NotAnArn, "«TODO»", "`TODO` is not an ARN", None),
        (NotAnArn, "«arn:aws:lambda»", "`arn:aws:lambda` is not an ARN", None),
        (NotAnArn, "«arm»:aws:states:::lambda:invoke", "an ARN starts with `arn:`, not with `arm:`", None),
        (NotAnArn, "arn:«amazon»:states:::lambda:invoke", "`amazon` is not a partition of AWS", None),
        (NotAnArn, "arn:«»:states:::lambda:invoke", "the partition is missing behind `arn:`", None),
        (NotAnArn, "arn:aws:states:::«lambda»", "a name is missing behind `lambda`", None),
        (NotAnArn, "arn:aws:lambda:::«function»", "a name is missing behind `function`", None),
        (UnknownService, "arn:aws:states:::«foo»:bar", "no integration with a service `foo` is known", None),
        (Casing, "arn:aws:states:::«Lambda»:invoke", "the service is `lambda`: case counts", Some("lambda")),
        (Casing, "arn:aws:states:::«dynamoDB»:getItem", "the service is `dynamodb`: case counts", Some("dynamodb")),
        (
            UnknownService,
            "arn:aws:states:::«emr»:addStep.sync",
            "no integration with a service `emr` is known",
            Some("elasticmapreduce"),
        ),
        (
            UnknownService,
            "arn:aws:states:::«SFN»:startExecution",
            "no integration with a service `SFN` is known",
            Some("states"),
        ),
        (
            MisspeltService,
            "arn:aws:«sates»:::lambda:invoke",
            "no service has ARNs of `sates`, did you mean `states`?",
            Some("states"),
        ),
        (
            MisspeltService,
            "arn:aws:«stepfunctions»:::lambda:invoke",
            "in an ARN, Step Functions is `states`, not `stepfunctions`",
            Some("states"),
        ),
        (
            MisspeltService,
            "arn:aws:«Lambda»:us-east-1:111111111111:function:f",
            "no service has ARNs of `Lambda`, did you mean `lambda`?",
            Some("lambda"),
        ),
        (
            ForeignService,
            "arn:aws:«ecs»:us-east-1:111111111111:cluster/c",
            "a Task calls ARNs of `lambda` and `states`, not of `ecs`",
            None,
        ),
        (NotAnArn, "arn:aws:«»:us-east-1:111111111111:function:f", "the service is missing behind the partition", None),
        (
            MisplacedPattern,
            "arn:aws:lambda:us-east-1:111111111111:function:f«.waitForTaskToken»",
            "a function that is called by its ARN knows no pattern `.waitForTaskToken`",
            Some(""),
        ),
        (
            MisplacedPattern,
            "arn:aws:lambda:us-east-1:111111111111:function:f:live«.sync:2»",
            "a function that is called by its ARN knows no pattern `.sync:2`",
            Some(""),
        ),
        (
            MisplacedPattern,
            "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:${F}«.sync»",
            "a function that is called by its ARN knows no pattern `.sync`",
            Some(""),
        ),
        (
            BannedCharacter,
            "arn:aws:lambda:us-east-1:111111111111:function:f«/»invocations",
            "the name of a function has no `/`",
            None,
        ),
        (
            PatternInName,
            "arn:aws:states:us-east-1:111111111111:activity:a«.waitForTaskToken»",
            "an activity knows no pattern `.waitForTaskToken`: this is a part of its name",
            Some(""),
        ),
        (
            UnknownService,
            "arn:aws:states:::«bedrock-agentcore»:invokeHarness",
            "no integration with a service `bedrock-agentcore` is known",
            Some("bedrockagentcore"),
        ),
        (
            UnknownApi,
            "arn:aws:states:::dynamodb:«query»",
            "there is no integration `dynamodb:query`; the SDK has it: `aws-sdk:dynamodb:query`",
            None,
        ),
        (
            UnknownApi,
            "arn:aws:states:::dynamodb:«PutItem»",
            "there is no integration `dynamodb:PutItem`",
            Some("putItem"),
        ),
        (
            UnknownApi,
            "arn:aws:states:::s3:«copyObject»",
            "there is no integration `s3:copyObject`; the SDK has it: `aws-sdk:s3:copyObject`",
            None,
        ),
        (UnknownApi, "arn:aws:states:::s3:«frob»", "there is no integration `s3:frob`", None),
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
        (
            Casing,
            "arn:aws:states:::aws-sdk:s3:«getobject»",
            "the action is `getObject`: case counts",
            Some("getObject"),
        ),
        (
            Casing,
            "arn:aws:states:::aws-sdk:s3:«GetObjekt»",
            "`GetObjekt` is not an action: letters and digits, the first in lower case",
            Some("getObject"),
        ),
        (
            UnknownSdkAction,
            "arn:aws:states:::aws-sdk:ssm:«getParamter».waitForTaskToken",
            "no action `getParamter` of `ssm` is known",
            Some("getParameter"),
        ),
        (UnknownSdkAction, "arn:aws:states:::aws-sdk:ssm:«zap»", "no action `zap` of `ssm` is known", None),
        (
            UnsupportedSdkAction,
            "arn:aws:states:::aws-sdk:sts:«assumeRole»",
            "`sts:assumeRole` is an action that state machines cannot call",
            None,
        ),
        (UnknownSdkService, "arn:aws:states:::aws-sdk:«zap»:zap", "no SDK service `zap` is known", None),
        (
            UnknownPartition,
            "arn:«aws-us-gvo»:states:::lambda:invoke",
            "no partition `aws-us-gvo` of AWS is known, so nothing can be called there",
            Some("aws-us-gov"),
        ),
        (
            NotAnArn,
            "arn:aws:states::«x»:y",
            "`x` stands where an ARN has the account; three colons lead to the service of an integration",
            None,
        ),
        (
            NotAnArn,
            "arn:aws:states::«lambda»:invoke",
            "`lambda` stands where an ARN has the account; three colons lead to the service of an integration",
            Some(":lambda"),
        ),
        (
            NotAnArn,
            "arn:aws:states::«aws-sdk»:s3:getObject",
            "`aws-sdk` stands where an ARN has the account; three colons lead to the service of an integration",
            Some(":aws-sdk"),
        ),
        (
            NotAnArn,
            "arn:aws:states:::«:»sqs:sendMessage",
            "four colons stand where three lead to the service of an integration",
            Some(""),
        ),
        (
            NotAnArn,
            "«arn:aws:states:us-east-1:111111111111:»",
            "nothing stands behind the account: the ARN does not say what to call",
            None,
        ),
        (NotAnArn, "arn:aws:states:us-east-1:111111111111:«activity»:", "a name is missing behind `activity`", None),
        (NotAnArn, "arn:aws:states:us-east-1:111111111111:activity:a« »b", "the name of an activity has no ` `", None),
        (
            NotAnArn,
            "arn:aws:lambda:us-east-1:111111111111:«charge»",
            "`function:` is missing before `charge`",
            Some("function:charge"),
        ),
        (
            NotAnArn,
            "arn:aws:lambda:us-east-1:«function»:charge",
            "`function` stands where an ARN has the account: a part of this one is missing before it",
            None,
        ),
        (
            NotAnArn,
            "arn:aws:lambda:us-east-1:111111111111:«functions»:charge",
            "of Lambda, a Task calls a `function`, not a `functions`",
            Some("function"),
        ),
        (
            NotAnArn,
            "arn:aws:lambda:us-east-1:111111111111:function:f:«a b»",
            "`a b` is neither a version nor an alias of a function",
            None,
        ),
        (
            NotCallable,
            "arn:aws:states:us-east-1:111111111111:«stateMachine»:ship",
            "a Task does not call this by its ARN; `arn:aws:states:::states:startExecution` names it in its request",
            None,
        ),
        (
            NotCallable,
            "arn:aws:sns:us-east-1:111111111111:«orders»",
            "a Task does not call this by its ARN; `arn:aws:states:::sns:publish` names it in its request",
            None,
        ),
    ] {
        let errors = parse(&marked.replace(['«', '»'], "")).1;
        let found: Vec<_> = errors.iter().map(|error| (error.span, error.refusal, error.message.as_str())).collect();
        assert_eq!(found, [(span_of(marked), refusal, message)], "{marked}");
        assert_eq!(errors[0].suggestion().as_deref(), suggestion, "{marked}");
    }
}

#[test]
fn regions_and_accounts_have_a_shape() {
    for (marked, message, suggestion) in [
        (
            "arn:aws:lambda:«useast1»:111111111111:function:f",
            "`useast1` is not the name of a region",
            Some("us-east-1"),
        ),
        (
            "arn:aws:lambda:«US_GOV_WEST_1»:111111111111:function:f",
            "`US_GOV_WEST_1` is not the name of a region",
            Some("us-gov-west-1"),
        ),
        (
            "arn:aws:lambda:«eu-west-1a»:111111111111:function:f",
            "`eu-west-1a` is not the name of a region",
            Some("eu-west-1"),
        ),
        ("arn:aws:states:«ap-southeast»:111111111111:activity:a", "`ap-southeast` is not the name of a region", None),
        ("arn:aws:lambda::«111111111111»:function:f", "the region is missing before this account", None),
        ("arn:aws:lambda:«us-east-1»::function:f", "the account is missing behind this region", None),
        ("arn:aws:lambda:us-east-1:«7421907»:function:f", "an account has 12 digits, this one has 7", None),
        ("arn:aws:lambda:us-east-1:«1234567890»:function:f", "an account has 12 digits, this one has 10", None),
        (
            "arn:aws:lambda:us-east-1:«1111-2222-3333»:function:f",
            "an account stands in an ARN without dashes",
            Some("111122223333"),
        ),
        (
            "arn:aws:states:«us-east-1»::lambda:invoke",
            "`us-east-1` stands where three colons lead to the service of an integration",
            Some(""),
        ),
        (
            "arn:aws:states::«111111111111»:lambda:invoke",
            "`111111111111` stands where three colons lead to the service of an integration",
            Some(""),
        ),
    ] {
        let text = marked.replace(['«', '»'], "");
        let found = misplaced(&text);
        let [error] = &found[..] else { panic!("{marked}: {found:?}") };
        assert_eq!((error.span, error.message.as_str()), (span_of(marked), message), "{marked}");
        assert_eq!(error.suggestion().as_deref(), suggestion, "{marked}");
        let is_example = text.contains("1234567890:");
        assert_eq!(error.refusal, if is_example { Refusal::MadeUp } else { Refusal::NoSuchPlace }, "{marked}");
    }
    for region in [
        "us-east-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "REGION",
        "my-region",
        "region-1",
        "local",
        "<region>",
        "${R}",
        "eusc-de-east-1",
        "r-1",
    ] {
        for account in
            ["111122223333", "000000000000", "ACCOUNT_ID", "your-account-id", "${AWS::AccountId}", "<account>"]
        {
            for (service, what) in
                [("lambda", "function:f"), ("states", "activity:a"), ("states", "aws-sdk:s3:getObject"), ("ecs", "x:y")]
            {
                let text = format!("arn:aws:{service}:{region}:{account}:{what}");
                assert_eq!(misplaced(&text), [], "{text}");
            }
        }
    }
    for text in
        ["arn:aws:lambda:::function:f", "arn:aws:states:::lambda:invoke", "", "arn:aws:lambda:us-east-1:1:function"]
    {
        assert_eq!(misplaced(text), [], "{text}");
    }
}

/// What stands between the `«»`.
fn span_of(marked: &str) -> Span {
    span(marked.find('«').unwrap(), marked.find('»').unwrap() - "«".len())
}

#[test]
fn every_form_reads_the_same_in_every_partition() {
    let partitions = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];
    // Behind the partition: what is well formed, and what is not with the sorts of mistake.
    let forms: [(&str, &str, &[Refusal]); 22] = [
        ("lambda:r-1:111111111111:function:f", "lambda f -", &[]),
        ("lambda:r-1:111111111111:function:f:7", "lambda f 7", &[]),
        ("states:r-1:111111111111:activity:a", "activity a", &[]),
        ("states:::glue:startJobRun", "glue startJobRun RequestResponse", &[]),
        ("states:::glue:startJobRun.sync", "glue startJobRun Sync", &[]),
        ("states:::states:startExecution.sync:2", "states startExecution Sync2", &[]),
        ("states:::sqs:sendMessage.waitForTaskToken", "sqs sendMessage WaitForTaskToken", &[]),
        ("states:::aws-sdk:s3:getObject", "sdk s3 getObject RequestResponse", &[]),
        ("states:::aws-sdk:sqs:sendMessage.waitForTaskToken", "sdk sqs sendMessage WaitForTaskToken", &[]),
        ("states:::http:invoke", "HttpInvoke", &[]),
        ("states:::s3:putObject", "map putObject", &[]),
        ("states:::glue:startJobRun.sync:2", "glue startJobRun Sync2", &[Refusal::UnsupportedPattern]),
        ("states:::glue:startJobRun.sync:3", "glue startJobRun RequestResponse", &[Refusal::UnknownPattern]),
        ("states:::glue:StartJob.sync:2", "glue StartJob Sync2", &[Refusal::UnknownApi]),
        ("states:::http:invoke.sync", "HttpInvoke", &[Refusal::UnsupportedPattern]),
        (
            "states:::gleu:startJobRun.sink",
            "gleu startJobRun RequestResponse",
            &[Refusal::UnknownPattern, Refusal::UnknownService],
        ),
        ("states:::aws-sdk:S3:GetObject", "sdk S3 GetObject RequestResponse", &[Refusal::Casing, Refusal::Casing]),
        (
            "states:::aws-sdk:S3:getobject.sync",
            "sdk S3 getobject Sync",
            &[Refusal::UnsupportedPattern, Refusal::Casing, Refusal::Casing],
        ),
        (
            "states:::aws-sdk:logs:putLogEvent",
            "sdk logs putLogEvent RequestResponse",
            &[Refusal::UnknownSdkService, Refusal::UnknownSdkAction],
        ),
        ("states::glue:startJobRun", "Unreadable", &[Refusal::NotAnArn]),
        ("lambda:r-1:111111111111:f", "Unreadable", &[Refusal::NotAnArn]),
        ("sqs:r-1:111111111111:q", "Other", &[Refusal::NotCallable]),
    ];
    for partition in partitions {
        for (form, expected, refusals) in forms {
            let text = format!("arn:{partition}:{form}");
            let (resource, errors) = parse(&text);
            assert_eq!(shape(&resource), expected, "{text}");
            assert_eq!(errors.iter().map(|error| error.refusal).collect::<Vec<_>>(), refusals, "{text}");
            // A wrong partition is one more finding, and hides none.
            let (other, more) = parse(&format!("arn:{partition}x:{form}"));
            assert_eq!(other, resource, "{text}");
            assert_eq!(more.len(), errors.len() + 1, "{text}");
            // An open one is none.
            assert_eq!(parse(&format!("arn:${{AWS::Partition}}:{form}")).1.len(), errors.len(), "{text}");
        }
    }
}

#[test]
fn services_of_the_sdk_are_called_by_one_name() {
    for (written, meant) in [
        ("stepfunctions", "sfn"),
        ("states", "sfn"),
        ("events", "eventbridge"),
        ("logs", "cloudwatchlogs"),
        ("cognitoidp", "cognitoidentityprovider"),
        ("configservice", "config"),
        ("systemsmanager", "ssm"),
        ("elbv2", "elasticloadbalancingv2"),
        ("dynamo", "dynamodb"),
        ("secretmanager", "secretsmanager"),
        ("lamda", "lambda"),
        ("bedrockruntimes", "bedrockruntime"),
    ] {
        let (_, errors) = parse(&format!("arn:aws:states:::aws-sdk:{written}:x${{y}}"));
        assert_eq!(errors, [], "{written}: what is open is not looked up");
        let (_, errors) = parse(&format!("arn:aws:states:::aws-sdk:{written}:listTagsForResource"));
        assert_eq!(errors[0].refusal, Refusal::UnknownSdkService, "{written}");
        assert_eq!(errors[0].suggestion().as_deref(), Some(meant), "{written}");
    }
    for (written, meant) in [
        ("S3", "s3"),
        ("DynamoDB", "dynamodb"),
        ("dynamoDb", "dynamodb"),
        ("StepFunctions", "sfn"),
        ("cognito-idp", "cognitoidentityprovider"),
        ("emr-serverless", "emrserverless"),
        ("AWSLambda", "lambda"),
        ("AmazonSQS", "sqs"),
        ("SNSs", "sns"),
    ] {
        let (_, errors) = parse(&format!("arn:aws:states:::aws-sdk:{written}:tagResource"));
        assert_eq!(errors[0].refusal, Refusal::Casing, "{written}");
        assert_eq!(errors[0].suggestion().as_deref(), Some(meant), "{written}");
    }
    for name in ["ses", "sesv2", "eventbridge", "sfn", "pipes", "scheduler", "bedrockagentruntime", "iotanalytics"] {
        assert!(matches!(sdk::service(name), sdk::Service::Known(_)), "{name}");
    }
}

#[test]
fn the_table_of_the_sdk_is_found_line_by_line() {
    let mut names: Vec<&str> = sdk::services().map(|(name, _)| name).collect();
    assert!(names.len() > 400 && names.is_sorted());
    names.dedup();
    assert_eq!(names.len(), sdk::services().count());
    for (name, actions) in sdk::services() {
        assert_eq!(sdk::service(name), sdk::Service::Known(actions), "{name}");
        assert_eq!(sdk::service(&format!("{name} ")), sdk::Service::Unknown, "{name}");
        for (action, supported) in actions.iter() {
            assert!(action.starts_with(|c: char| c.is_ascii_lowercase()), "{name}:{action}");
            let expected = if supported { sdk::Action::Known } else { sdk::Action::Unsupported };
            assert_eq!(actions.find(action), expected, "{name}:{action}");
        }
    }
    for name in ["", "#", "0", "zzz", "> sfn", "# SDK integrations"] {
        assert_eq!(sdk::service(name), sdk::Service::Unknown, "{name}");
    }
}

#[test]
fn the_table_is_sorted_complete_and_speaks_for_itself() {
    let keys: Vec<_> = integrations().iter().map(|known| (known.service, known.api)).collect();
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
        for error in parse(&text).1.into_iter().chain(misplaced(&text)) {
            proptest::prop_assert!(text.get(error.span.range()).is_some(), "{error:?} in {text}");
        }
    }
}
