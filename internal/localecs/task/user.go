package task

import (
	"fmt"
	"os/user"
	"strconv"
	"strings"

	"davit/internal/localecs/process"
)

// owner is whom the container runs as, nil for Davit's own user. As in Docker, names are those of this machine's users and groups,
// numbers need not be known, and without a group it is the user's first one, or 0.
func (c Container) owner() (*process.User, error) {
	if c.user == "" {
		return nil, nil
	}
	name, group, hasGroup := strings.Cut(c.user, ":")
	owner, err := userOf(name)
	if err != nil {
		return nil, err
	}
	if hasGroup {
		gid, err := groupOf(group)
		if err != nil {
			return nil, err
		}
		owner.GID, owner.Groups = gid, []int{gid}
	}
	if owner.IsSelf() {
		return nil, nil
	}
	return &owner, owner.Check()
}

func userOf(name string) (process.User, error) {
	known, err := user.Lookup(name)
	if err != nil {
		known, err = user.LookupId(name)
	}
	uid, isNumber := number(name)
	switch {
	case err == nil:
		return numbersOf(known)
	case isNumber:
		return process.User{UID: uid, Groups: []int{0}}, nil
	default:
		return process.User{}, cannotStart(fmt.Sprintf("user %.100q: this machine has no such user", name))
	}
}

// numbersOf is a user of this machine with its groups.
func numbersOf(u *user.User) (process.User, error) {
	uid, okUser := number(u.Uid)
	gid, okGroup := number(u.Gid)
	if !okUser || !okGroup {
		return process.User{}, cannotStart(fmt.Sprintf("user %.100q has no numbers on this machine", u.Username))
	}
	all := process.User{UID: uid, GID: gid}
	ids, err := u.GroupIds()
	if err != nil {
		ids = []string{u.Gid}
	}
	for _, id := range ids {
		if n, ok := number(id); ok {
			all.Groups = append(all.Groups, n)
		}
	}
	return all, nil
}

func groupOf(name string) (int, error) {
	if known, err := user.LookupGroup(name); err == nil {
		name = known.Gid
	}
	if gid, ok := number(name); ok {
		return gid, nil
	}
	return 0, cannotStart(fmt.Sprintf("group %.100q: this machine has no such group", name))
}

// number reads a user's or a group's number.
func number(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err == nil
}
