package row

// The public pages that the rows come from, as docs/rules.md names them.
const (
	PageRunTask  = "AWS CLI reference, ecs run-task"
	PageStart    = "ECS API reference, StartTask"
	PageStop     = "boto3 reference, ECS stop_task"
	PageDescribe = "ECS API reference, DescribeTasks"
	PageRegister = "ECS API reference, RegisterTaskDefinition"
	PageShow     = "ECS API reference, DescribeTaskDefinition"
	PageRemove   = "ECS API reference, DeregisterTaskDefinition"
	Page2016     = "AWS API changes, 13 July 2016, Amazon ECS"
	PageSDK      = "aws-sdk-go-v2, service/ecs"
	PageQuotas   = "AWS General Reference, Amazon ECS endpoints and quotas"
	PageFargate  = "ECS Developer Guide, task definition differences for Fargate"
	PageSize     = "ECS Developer Guide, invalid CPU or memory value"
	PageFailures = "ECS Developer Guide, API failure reasons"
	PageTokens   = "ECS Developer Guide, ensuring idempotency" //nolint:gosec // the title of a page
	PageSpot     = "ECS Developer Guide, Fargate capacity providers"
	PageDavit    = "Davit"
)
