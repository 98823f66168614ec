// Package task runs one task from PROVISIONING to STOPPED: its containers, their health checks, dependencies, restarts and stops. It knows its Host and the
// owner of the task, not the server.
package task
