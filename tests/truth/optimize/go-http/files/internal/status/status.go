// Package status tells how the program does.
package status

import "runtime"

// Status is what is told.
type Status struct {
	Ready bool   `json:"ready"`
	On    string `json:"on"`
}

// Now is the status at present.
func Now() Status {
	return Status{Ready: true, On: runtime.GOOS}
}
