//go:build !bindings

package app

// BindingsOnly is set in the build that only writes the frontend's bindings.
const BindingsOnly = false
