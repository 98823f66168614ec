// Package localecs is an ECS endpoint for one machine: it speaks ECS's wire protocol over HTTP and runs every container of a task
// as a real process, so that Davit talks to it through the same SDK client that it uses in AWS.
//
// # What is true here
//
// A container runs the command, the entry point, the environment and the overrides asked for. Of the host's environment it sees
// PATH alone; its working folder, HOME and TMPDIR are its own, and its output goes to one file (LogFile). Exit codes, times,
// versions, stop codes, dependsOn (START, COMPLETE and SUCCESS), essential containers, stopTimeout, client tokens and the one hour for
// which a stopped task is shown follow ECS.
//
// A task is placed on a container instance: placement constraints (package clusterquery reads the expressions), strategies, capacity provider
// strategies, required attributes, the agent's connection, and CPU, memory, GPUs and fixed host ports (bridge and host mode). Whoever finds no
// place gets the reason of the instance that came closest, one failure a task. What is booked is not enforced: a process may use more memory
// than its container asked for, it may listen on any port, and a GPU is a name.
//
// No answer and no event shows what a kill -9 could take back: both wait until what they show is on disk, and no process starts
// before its task is.
//
// # Recorded and shown, but without effect
//
// image, links, portMappings, networkConfiguration, logConfiguration, firelensConfiguration, healthCheck (healthStatus stays UNKNOWN),
// user, privileged, ulimits, linuxParameters, systemControls, docker labels and options, DNS settings, startTimeout, roles,
// platformVersion, ephemeralStorage, volumes that no container mounts, enableExecuteCommand, proxyConfiguration. Of runtimePlatform only
// the attributes that it requires of an instance count.
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
// What would make a container run otherwise than it was asked to: secrets, environmentFiles, mountPoints, volumesFrom,
// volumeConfigurations, an enabled restartPolicy, inference accelerators, and dependsOn with HEALTHY.
// RegisterTaskDefinition refuses task-level inferenceAccelerators, which ECS no longer has.
//
// Operations that this package does not have answer UnsupportedFeatureException, members that ECS does not have InvalidParameterException.
//
// # Where ECS says nothing
//
// A client token whose call placed no task lives for an hour. A deleted revision stays DELETE_IN_PROGRESS until its last task has
// stopped, and for an hour at least. A cluster can be deleted although the local instances, which serve every cluster, are there.
// ListTasks takes startedBy alone, as the API reference says, so not with desiredStatus either. After a restart a task keeps the stop code that it had been given
// before; one that had none is stopped with TerminationNotice. Requests are not authenticated: what keeps others out is the loopback
// address, the refusal of foreign Host and of any Origin header, and the content type.
package localecs
