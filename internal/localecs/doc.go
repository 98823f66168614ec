// Package localecs is an ECS endpoint for one machine: it speaks ECS's wire protocol over HTTP and runs every container of a task
// as a real process, so that Davit talks to it through the same SDK client that it uses in AWS.
//
// # What is true here
//
// A container runs the command, the entry point, the environment and the overrides asked for. Of the host's environment it sees
// PATH alone; its working folder, HOME and TMPDIR are its own, and its output goes to one file (LogFile). Exit codes, times,
// versions, stop codes, dependsOn (START, COMPLETE and SUCCESS), essential containers, stopTimeout, client tokens, capacity in CPU
// units and memory, GPUs (there are none) and the one hour for which a stopped task is shown follow ECS. The capacity is booked,
// not enforced: a process may use more memory than its container asked for.
//
// No answer and no event shows what a kill -9 could take back: both wait until what they show is on disk, and no process starts
// before its task is.
//
// # Recorded and shown, but without effect
//
// image, links, portMappings, networkConfiguration, logConfiguration, firelensConfiguration, healthCheck (healthStatus stays UNKNOWN),
// user, privileged, ulimits, linuxParameters, systemControls, docker labels and options, DNS settings, startTimeout, roles,
// runtimePlatform, platformVersion, ephemeralStorage, placementStrategy, volumes that no container mounts, enableExecuteCommand,
// enableECSManagedTags, proxyConfiguration. A Fargate task is placed on the local instance and does not name it. Every cluster is
// served by the same local instances, and FARGATE and FARGATE_SPOT are capacity providers of every cluster.
//
// # Refused with a ClientException by RunTask and StartTask
//
// What would make a container run otherwise than it was asked to: secrets, environmentFiles, mountPoints, volumesFrom,
// volumeConfigurations, an enabled restartPolicy, inference accelerators, dependsOn with HEALTHY, and the placement constraint memberOf.
// RegisterTaskDefinition refuses task-level inferenceAccelerators, which ECS no longer has.
//
// Operations that this package does not have answer UnsupportedFeatureException, members that ECS does not have InvalidParameterException.
//
// # Where ECS says nothing
//
// A client token whose call placed no task lives for an hour. After a restart a task keeps the stop code that it had been given
// before; one that had none is stopped with TerminationNotice. Requests are not authenticated: what keeps others out is the loopback
// address, the refusal of foreign Host and of any Origin header, and the content type.
package localecs
