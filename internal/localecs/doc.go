// Package localecs is an ECS endpoint for one machine: it speaks ECS's wire protocol over HTTP and runs every container of a task
// as a real process, so that Davit talks to it through the same SDK client that it uses in AWS.
//
// # What is true here
//
// A container runs the command, the entry point, the environment and the overrides asked for. Of the host's environment it sees
// PATH alone; its working folder, HOME and TMPDIR are its own, and its output goes to one file (LogFile). Exit codes, times,
// versions, stop codes, essential containers, client tokens and the one hour for which a stopped task is shown follow ECS.
//
//   - dependsOn with START, COMPLETE, SUCCESS and HEALTHY, and startTimeout of the container that is waited for. At the end containers
//     stop in the reverse order, each with SIGTERM, and SIGKILL after its stopTimeout.
//   - healthCheck: a process beside the container's, in its folder, environment, limits and user, whose output nobody keeps. It is
//     counted as Docker counts (interval from the end of one check to the next, failures within startPeriod do not count until one
//     check succeeded). Health is shown by DescribeTasks alone, as events have none. An UNHEALTHY task goes on, as ECS stops those of
//     services alone. Checks end when the stop of the task begins.
//     A command that begins with neither CMD nor CMD-SHELL is registered, as ECS does, and never run, as Docker does: the health stays UNKNOWN.
//   - restartPolicy: the process is started again within its task, which takes no notice. Its output goes on in the same file.
//   - environmentFiles: arn:aws:s3:::bucket/key.env is the file bucket/key.env of Options.S3Dir.
//   - ulimits: the fifteen of Linux, nine on macOS, as far as this machine lets its user raise them.
//   - user: Davit's own always; another one (name or number, of this machine) when Davit is root. Its folders are then that user's, and
//     Davit's folders above them may be passed through by all.
//   - workingDirectory: the folder of this machine if there is one, else a new one of that name below the container's own folder.
//   - tags, until StopTask takes them.
//
// A task is placed on a container instance: placement constraints (package clusterquery reads the expressions), strategies, capacity provider
// strategies, required attributes, the agent's connection, and CPU, memory, GPUs and fixed host ports (bridge and host mode). Whoever finds no
// place gets the reason of the instance that came closest, one failure a task. What is booked is not enforced: a process may use more memory
// than its container asked for (OutOfMemoryError does not happen), it may listen on any port, and a GPU is a name.
//
// No answer and no event shows what a kill -9 could take back: both wait until what they show is on disk, and no process starts
// before its task is.
//
// # Recorded and shown, but without effect
//
// image and repositoryCredentials (pullStartedAt and pullStoppedAt are not shown), links, portMappings, networkConfiguration, logConfiguration,
// firelensConfiguration, privileged, readonlyRootFilesystem, linuxParameters, systemControls, docker labels and options, DNS settings, roles,
// platformVersion, ephemeralStorage, volumes that no container mounts, enableExecuteCommand, proxyConfiguration. Of runtimePlatform only
// the attributes that it requires of an instance count.
//
// An awsvpc task shows its ElasticNetworkInterface (PRECREATED, ATTACHED, DELETED) with the subnet asked for and 127.0.0.1, where its
// processes are to be found; there is no interface behind it. With enableExecuteCommand each container shows an ExecuteCommandAgent that is
// STOPPED, because there is no ECS Exec.
//
// # Container instances
//
// Each of Options.Machines is registered with every cluster as an instance of its own; tasks of all clusters share what the machine has.
// A deregistered instance stays INACTIVE until its cluster is deleted, and tasks that it had, by force, go on to their end. There are no agents
// and no Auto Scaling groups: RegisterContainerInstance and CreateCapacityProvider are missing, a capacity provider of instances exists because
// a machine names it, and its tasks fail where ECS would wait for it to grow. Elastic network interfaces and the zones of subnets are not
// counted, so RESOURCE:ENI and LOCATION come only on order. EXTERNAL is placed as EC2 is. A Fargate task is on any machine that has room,
// whatever the state of the instances, and names none.
//
// # Refused with a ClientException by RunTask and StartTask
//
// What would make a container run otherwise than it was asked to: secrets, environmentFiles without Options.S3Dir, mountPoints, volumesFrom,
// volumeConfigurations, and inference accelerators.
// RegisterTaskDefinition refuses task-level inferenceAccelerators, which ECS no longer has.
//
// Operations that this package does not have answer UnsupportedFeatureException, members that ECS does not have InvalidParameterException.
//
// # Where ECS says nothing
//
// A client token whose call placed no task lives for an hour. A deleted revision stays DELETE_IN_PROGRESS until its last task has
// stopped, and for an hour at least. A cluster can be deleted although the local instances, which serve every cluster, are there.
// ListTasks takes startedBy alone, as the API reference says, so not with desiredStatus either. After a restart a task keeps the stop code that it had been given
// before; one that had none is stopped with TerminationNotice. A container that gives up waiting has no exit code, as it never ran (the
// agent of ECS reports 143). Requests are not authenticated: what keeps others out is the loopback
// address, the refusal of foreign Host and of any Origin header, and the content type.
package localecs
