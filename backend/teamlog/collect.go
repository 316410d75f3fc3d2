package teamlog

import (
	"cmp"
	"maps"
	"slices"
)

// sortedKeys gives a map's keys in order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// sortedValues gives copies of a map's values in the order of their keys.
func sortedValues[K cmp.Ordered, V any](m map[K]*V) []V {
	all := make([]V, 0, len(m))
	for _, key := range sortedKeys(m) {
		all = append(all, *m[key])
	}
	return all
}

// values gives copies of what a list points to.
func values[V any](list []*V) []V {
	all := make([]V, 0, len(list))
	for _, v := range list {
		all = append(all, *v)
	}
	return all
}

// pointers gives a list of pointers to a list's elements.
func pointers[V any](list []V) []*V {
	all := make([]*V, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// plain gives a map of copies of what a map points to.
func plain[K comparable, V any](m map[K]*V) map[K]V {
	all := make(map[K]V, len(m))
	for key, v := range m {
		all[key] = *v
	}
	return all
}

func orEmpty[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}
