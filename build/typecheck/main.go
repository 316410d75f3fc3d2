// Command typecheck reads the whole program as another system's compiler would
// and checks its types, without that system's C compiler and headers:
//
//	typecheck darwin arm64
//
// It takes the files that go list names for that system, with cgo. What Go code
// says of C is taken as said: that C compiles, and that the program links and
// runs, it does not prove. It ends with 1 when something is wrong.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// tags are those of the window; each system has its own beside them.
const tags = "desktop,production,sqlite_fts5"

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: typecheck GOOS GOARCH")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, system, arch string) error {
	packages, err := list(ctx, ".", system, arch)
	if err == nil {
		err = check(packages, arch)
	}
	if err != nil {
		return err
	}
	ours := slices.DeleteFunc(packages, func(p goPackage) bool { return !p.ours() })
	fmt.Printf("%d packages of the program fit %s\n", len(ours), system)
	return nil
}

// goPackage is what go list says of a package.
type goPackage struct {
	ImportPath, Dir   string
	GoFiles, CgoFiles []string
	ImportMap         map[string]string
	Module            *struct{ Main bool }
}

func (p goPackage) ours() bool { return p.Module != nil && p.Module.Main }

// list gives the program in folder and all it imports, each package after those
// that it imports.
func list(ctx context.Context, folder, system, arch string) ([]goPackage, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,CgoFiles,ImportMap,Module", "-tags", tags, ".")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+arch, "CGO_ENABLED=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

// checker keeps what was checked, by import path.
type checker struct {
	files *token.FileSet
	sizes types.Sizes
	known map[string]*types.Package
}

// check says what is wrong in packages of the program. Bodies of what others
// wrote are not read: they are compiled elsewhere.
func check(packages []goPackage, arch string) error {
	c := checker{token.NewFileSet(), types.SizesFor("gc", arch), map[string]*types.Package{"unsafe": types.Unsafe}}
	var wrong []error
	for _, p := range packages {
		if p.ImportPath != "unsafe" {
			wrong = append(wrong, c.check(p)...)
		}
	}
	return errors.Join(wrong...)
}

func (c checker) check(p goPackage) []error {
	var parsed []*ast.File
	var wrong []error
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		file, err := parser.ParseFile(c.files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return []error{err}
		}
		parsed = append(parsed, file)
	}
	config := types.Config{
		Importer: imports{c, p}, Sizes: c.sizes, FakeImportC: true, IgnoreFuncBodies: !p.ours(),
		Error: func(err error) {
			if p.ours() {
				wrong = append(wrong, err)
			}
		},
	}
	c.known[p.ImportPath], _ = config.Check(p.ImportPath, c.files, parsed, nil) // Error has them all
	return wrong
}

// imports finds what a package imports: the standard library's own modules have
// other paths than they are imported by.
type imports struct {
	checker
	of goPackage
}

func (i imports) Import(path string) (*types.Package, error) {
	if renamed, ok := i.of.ImportMap[path]; ok {
		path = renamed
	}
	if p := i.known[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s imports %s, which go list does not name", i.of.ImportPath, path)
}
