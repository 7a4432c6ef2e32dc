package auth

import (
	"fmt"

	"github.com/quaywatch/quaywatch/internal/api"
)

// Role is what somebody may do. Each role may do what the ones before it may;
// the zero value may do nothing.
type Role string

// A viewer looks, an operator also acts on containers, an admin may remove them
// and hand out launch tokens.
const (
	RoleViewer   Role = "viewer"
	RoleOperator Role = "operator"
	RoleAdmin    Role = "admin"
)

func (r Role) rank() int {
	switch r {
	case RoleViewer:
		return 1
	case RoleOperator:
		return 2
	case RoleAdmin:
		return 3
	}
	return 0
}

// Allows reports whether r may do what needs the role least. What is not a role
// may do nothing and is enough for nothing.
func (r Role) Allows(least Role) bool { return least.rank() > 0 && r.rank() >= least.rank() }

// ParseRole reads a role's name.
func ParseRole(s string) (Role, error) {
	r := Role(s)
	if r.rank() == 0 {
		return "", &api.Error{Code: api.ErrInvalid, Message: fmt.Sprintf("%q is not a role; roles are viewer, operator and admin.", s)}
	}
	return r, nil
}
