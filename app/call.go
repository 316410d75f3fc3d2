package app

import (
	"bytes"
	"encoding/json"
	"reflect"

	"postvak/backend/inbox"
)

// caller finds the contract's calls among the bound services by name, so that
// the headless host offers exactly what the window's bindings offer.
type caller struct{ methods map[string]reflect.Value }

// newCaller lists the exported methods of the services. Every one of them is
// a call: services have no other exported methods.
func newCaller(services []any) *caller {
	c := &caller{methods: map[string]reflect.Value{}}
	for _, service := range services {
		value := reflect.ValueOf(service)
		name := value.Type().Elem().Name()
		for i := range value.NumMethod() {
			c.methods[name+"."+value.Type().Method(i).Name] = value.Method(i)
		}
	}
	return c
}

// call runs one call with its arguments as a JSON array. The result is nil
// for calls that give none.
func (c *caller) call(name string, arguments []byte) (any, error) {
	method, ok := c.methods[name]
	if !ok {
		return nil, notBuilt(name)
	}
	in, err := parseArguments(name, method.Type(), arguments)
	if err != nil {
		return nil, err
	}
	out := method.Call(in)
	if err, ok := out[len(out)-1].Interface().(error); ok && err != nil {
		return nil, err
	}
	if len(out) == 1 {
		return nil, nil
	}
	return out[0].Interface(), nil
}

// optional says how many texts at the end of a call may be left out.
var optional = map[string]int{"Team.Approve": 1}

func parseArguments(name string, method reflect.Type, text []byte) ([]reflect.Value, error) {
	var raw []json.RawMessage
	if text = bytes.TrimSpace(text); len(text) > 0 {
		if err := json.Unmarshal(text, &raw); err != nil || text[0] != '[' {
			return nil, inbox.Errorf(inbox.Invalid, "%s takes its arguments as a JSON array.", name)
		}
	}
	for missing := method.NumIn() - len(raw); missing > 0 && missing <= optional[name]; missing-- {
		raw = append(raw, json.RawMessage(`""`))
	}
	if len(raw) != method.NumIn() {
		return nil, inbox.Errorf(inbox.Invalid, "%s takes %d arguments, not %d.", name, method.NumIn(), len(raw))
	}
	in := make([]reflect.Value, len(raw))
	for i := range raw {
		value := reflect.New(method.In(i))
		if err := json.Unmarshal(raw[i], value.Interface()); err != nil || string(raw[i]) == "null" {
			wrong := inbox.Errorf(inbox.Invalid, "Argument %d of %s has the wrong type.", i+1, name)
			return nil, wrong.Because(err)
		}
		in[i] = value.Elem()
	}
	return in, nil
}
