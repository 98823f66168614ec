package process

import "syscall"

// childAttributes puts a process into a group of its own.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// adoptOrphans does nothing: macOS gives every orphan to launchd.
func adoptOrphans() error { return nil }

// rename does nothing: the name is that of the program's file.
func rename(string) error { return nil }

// killChildren does nothing: without adoption, every child is the leader of a group that is known.
func killChildren() {}
