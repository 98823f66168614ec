package localecs

// findAround returns the operations around those on tasks and definitions; nil when name is none of them.
func findAround(name string) operation {
	switch name {
	case "ListTaskDefinitionFamilies":
		return locked((*Server).listTaskDefinitionFamilies)
	case "DeleteTaskDefinitions":
		return locked((*Server).deleteTaskDefinitions)
	case "DeleteCluster":
		return locked((*Server).deleteCluster)
	case "TagResource":
		return locked((*Server).tagResource)
	case "UntagResource":
		return locked((*Server).untagResource)
	case "ListTagsForResource":
		return locked((*Server).listTagsForResource)
	case "ListServices":
		return locked((*Server).listServices)
	case "DescribeServices":
		return locked((*Server).describeServices)
	case "GetTaskProtection":
		return locked((*Server).getTaskProtection)
	case "UpdateTaskProtection":
		return locked((*Server).updateTaskProtection)
	default:
		return nil
	}
}
