package ecsjson

import (
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/document"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

var (
	documentType = reflect.TypeFor[document.Interface]()
	unknownUnion = reflect.TypeFor[*types.UnknownUnionMember]()
)

// unions lists the members of each union; a test compares it with the SDK. The one name inside a union's JSON object is what
// follows "Member" in the Go name.
var unions = map[reflect.Type][]reflect.Type{
	reflect.TypeFor[types.DescribeGatewayConfiguration]():         {reflect.TypeFor[types.DescribeGatewayConfigurationMemberHostSharedAlb]()},
	reflect.TypeFor[types.GatewayConfiguration]():                 {reflect.TypeFor[types.GatewayConfigurationMemberHostSharedAlb]()},
	reflect.TypeFor[types.GatewayConnectionResources]():           {reflect.TypeFor[types.GatewayConnectionResourcesMemberHostSharedAlb]()},
	reflect.TypeFor[types.GatewayElbAccessLogDestination]():       {reflect.TypeFor[types.GatewayElbAccessLogDestinationMemberS3]()},
	reflect.TypeFor[types.GatewayInfrastructureResources]():       {reflect.TypeFor[types.GatewayInfrastructureResourcesMemberHostSharedAlb]()},
	reflect.TypeFor[types.GatewayRouteResources]():                {reflect.TypeFor[types.GatewayRouteResourcesMemberHostSharedAlb]()},
	reflect.TypeFor[types.ServiceConnectContainerConfiguration](): {reflect.TypeFor[types.ServiceConnectContainerConfigurationMemberLogLevel]()},
	reflect.TypeFor[types.SharingStrategy]():                      {reflect.TypeFor[types.SharingStrategyMemberNvidiaMps]()},
	reflect.TypeFor[types.UpdateGatewayConfiguration]():           {reflect.TypeFor[types.UpdateGatewayConfigurationMemberHostSharedAlb]()},
}

// unionName returns the JSON name of a union's member type.
func unionName(member reflect.Type) string {
	_, name, _ := strings.Cut(member.Name(), "Member")
	return lowerFirst(name)
}

func unionNames(members []reflect.Type) []string {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = unionName(m)
	}
	return names
}
