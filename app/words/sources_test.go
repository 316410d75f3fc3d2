package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// sources is what the program's own files say.
type sources struct {
	spoken map[string]string // what a person may read → where
	all    map[string]bool   // every constant text
	broken []string          // sentences that are put together piece by piece
}

// notSpoken are folders whose texts no screen shows as the program's own:
// customers' letters of the demo, what another firm's server says there, made-up
// mail, helpers of tests, this package, and the command line, whose misuse is
// answered in a terminal.
var notSpoken = []string{"app/command", "backend/specimen", "backend/sandbox/content", "backend/imap/imaptest", "backend/email/firmtest", "backend/teamlog/logtest", "backend/teamsync/storetest", "backend/crm/crmtest", "backend/sandbox/crmserver", "backend/sandbox/metaserver", "backend/sandbox/oauthserver", "backend/sandbox/twilioserver", "backend/channel/channeltest", "backend/sandbox/rest", "backend/sandbox/twilioserver", "app/words"}

// readSources reads every Go file of the program that is not a test.
func readSources(t *testing.T) *sources {
	t.Helper()
	s := &sources{spoken: map[string]string{}, all: map[string]bool{}}
	root := filepath.Join("..", "..")
	for _, top := range []string{"app", "backend"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			name, _ := filepath.Rel(root, path)
			for _, skip := range notSpoken {
				if filepath.ToSlash(name) == skip {
					return fs.SkipDir
				}
			}
			return s.readPackage(path, filepath.ToSlash(name))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(s.spoken) < 100 {
		t.Fatalf("only %d sentences were found: the test looks in the wrong place", len(s.spoken))
	}
	return s
}

func (s *sources) readPackage(dir, name string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	p := reader{sources: s, name: name, fset: token.NewFileSet(), constants: map[string]ast.Expr{}}
	var parsed []*ast.File
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(p.fset, file, nil, 0)
		if err != nil {
			return err
		}
		parsed = append(parsed, f)
		ast.Inspect(f, p.learn)
	}
	for _, f := range parsed {
		ast.Inspect(f, p.visit)
	}
	return nil
}

// reader reads one package.
type reader struct {
	*sources
	name      string
	fset      *token.FileSet
	constants map[string]ast.Expr
}

func (r reader) learn(n ast.Node) bool {
	if d, ok := n.(*ast.GenDecl); ok && d.Tok == token.CONST {
		for _, spec := range d.Specs {
			v := spec.(*ast.ValueSpec)
			for i := range v.Values {
				r.constants[v.Names[i].Name] = v.Values[i]
			}
		}
	}
	return true
}

// text is a constant expression's text.
func (r reader) text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.ParenExpr:
		return r.text(e.X)
	case *ast.Ident:
		if value, ok := r.constants[e.Name]; ok {
			return r.text(value)
		}
	case *ast.BinaryExpr:
		a, ok := r.text(e.X)
		b, too := r.text(e.Y)
		return a + b, ok && too && e.Op == token.ADD
	}
	return "", false
}

// visit looks at one expression: a constant text as a whole, and never again
// at its pieces.
func (r reader) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.Field:
		return n.Tag == nil
	case *ast.CallExpr:
		r.call(n)
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok {
			r.field(key.Name, n.Value)
		}
	case *ast.AssignStmt:
		r.assignment(n)
	case *ast.BinaryExpr:
		if _, constant := r.text(n); !constant && n.Op == token.ADD && r.begins(n) {
			r.putTogether(n)
		}
	}
	if e, ok := n.(ast.Expr); ok {
		if text, ok := r.text(e); ok {
			r.all[text] = true
			if sentence.MatchString(text) && r.name != "backend/sandbox" { // the demo's people talk there
				r.speak(text)
			}
			return false
		}
	}
	return true
}

// sentence is what reads like one: a capital or a verb, words, a full stop.
var sentence = regexp.MustCompile(`(?s)^ ?(?:[A-Z“]|%[sq]).* .*(?:[a-z)”%][.?!]|”|[.:] ?%s)$`)

// start is a piece that begins like one.
var start = regexp.MustCompile(`^[A-Z][a-z]* [a-z].* `)

// begins finds a sentence that goes on in what is no constant.
func (r reader) begins(e *ast.BinaryExpr) bool {
	for _, side := range []ast.Expr{e.X, e.Y} {
		if text, ok := r.text(side); ok && start.MatchString(text) {
			return true
		}
	}
	return false
}

func nameOf(c *ast.CallExpr) string {
	if f, ok := c.Fun.(*ast.SelectorExpr); ok {
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// call takes what every caller of these hands over to be read by a person.
func (r reader) call(c *ast.CallExpr) {
	name, at := nameOf(c), -1
	switch {
	case name == "inbox.Errorf", name == "c.ok" && (r.name == "backend/email" || r.name == "backend/whatsapp"):
		at = 1
	case r.name == "backend/email" && name == "fmt.Sprintf":
		at = 0
	}
	if at >= 0 && at < len(c.Args) {
		text, ok := r.text(c.Args[at])
		switch arg, _ := c.Args[at].(*ast.Ident); {
		case ok:
			r.speak(text)
		case arg == nil || arg.Name != "format": // that one hands on what its callers wrote

			r.putTogether(c)
		}
	}
}

// shown are the fields whose text a person reads.
var shown = map[string]bool{"Title": true, "Reason": true, "Message": true, "Problem": true, "server": true}

func (r reader) field(name string, value ast.Expr) {
	if call, ok := value.(*ast.CallExpr); ok && nameOf(call) == "fmt.Sprintf" {
		value = call.Args[0]
	}
	if text, ok := r.text(value); ok && shown[name] && r.name != "backend/sandbox" {
		r.speak(text)
	}
}

func (r reader) assignment(a *ast.AssignStmt) {
	for i, to := range a.Lhs {
		if s, ok := to.(*ast.SelectorExpr); ok && len(a.Lhs) == len(a.Rhs) {
			r.field(s.Sel.Name, a.Rhs[i])
		}
	}
}

func (r reader) putTogether(e ast.Expr) {
	r.broken = append(r.broken, r.fset.Position(e.Pos()).String())
}

func (r reader) speak(text string) {
	if strings.Contains(text, " ") { // no names and no bare %s
		r.spoken[text] = r.name
	}
}
