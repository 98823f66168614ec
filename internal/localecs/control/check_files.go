package control

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"davit/internal/localecs/ecserror"
	"davit/internal/localecs/ecsname"
	"davit/internal/localecs/journal"
	"davit/internal/localecs/placement"
	"davit/internal/localecs/task"
)

// maxFiles is how many environment files a container may have.
const maxFiles = 10

// checkFiles refuses files that are not of ECS's form, and all of them where there is no folder to read them from.
func checkFiles(s3Dir string, d *journal.Definition, o *types.TaskOverride) error {
	for _, c := range d.ContainerDefinitions {
		override := placement.OverrideOf(o, *c.Name)
		if err := checkFilesOf(*c.Name, override.EnvironmentFiles); err != nil {
			return err
		}
		if s3Dir == "" && len(c.EnvironmentFiles)+len(override.EnvironmentFiles) > 0 {
			return ecserror.Client("Container '%s' has environmentFiles, and the local ECS has no S3. "+
				"Start davit local with --s3-dir DIR; arn:aws:s3:::bucket/key.env is then DIR/bucket/key.env.", *c.Name)
		}
	}
	return nil
}

func checkFilesOf(container string, files []types.EnvironmentFile) error {
	if len(files) > maxFiles {
		return ecserror.Client("Invalid setting for container '%s'. 'environmentFiles' must not have more than 10 items.", container)
	}
	for _, f := range files {
		switch _, isObject := task.ObjectOf(ecsname.Value(f.Value)); {
		case f.Type != types.EnvironmentFileTypeS3:
			return ecserror.Client("Invalid setting for container '%s'. The type of an environment file must be s3.", container)
		case !isObject:
			return ecserror.Client("Invalid setting for container '%s'. The environment file '%.255s' is not the ARN of an S3 object.", container, ecsname.Value(f.Value))
		case !strings.HasSuffix(*f.Value, ".env"):
			return ecserror.Client("Invalid setting for container '%s'. The environment file '%.255s' must have the extension .env.", container, *f.Value)
		}
	}
	return nil
}
