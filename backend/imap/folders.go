package imap

import (
	"context"
	"slices"
	"strings"

	goimap "github.com/emersion/go-imap/v2"
)

// maxFolders is more than anybody has.
const maxFolders = 20_000

// Folders lists all folders, with their roles.
func (c *Conn) Folders(ctx context.Context) ([]Folder, error) {
	var folders []Folder
	err := c.do(ctx, true, func(s *session) error {
		options := &goimap.ListOptions{}
		options.ReturnSpecialUse = s.caps.Has(goimap.CapSpecialUse) && s.caps.Has(goimap.CapListExtended)
		list, err := listFolders(s, options)
		if KindOf(s.explain(ctx, err)) == KindNo && options.ReturnSpecialUse { // offered, and not understood
			list, err = listFolders(s, &goimap.ListOptions{})
		}
		folders = list
		return err
	})
	if err != nil {
		return nil, err
	}
	assignRoles(folders)
	return folders, nil
}

func listFolders(s *session, options *goimap.ListOptions) ([]Folder, error) {
	cmd := s.client.List("", "*", options)
	defer cmd.Close()
	var folders []Folder
	seen := map[string]bool{}
	for data := cmd.Next(); data != nil; data = cmd.Next() {
		if seen[data.Mailbox] {
			continue
		}
		if len(folders) == maxFolders {
			s.fail(&Error{Kind: KindProtocol, Detail: "more folders than a mailbox has"})
			break
		}
		seen[data.Mailbox] = true
		folders = append(folders, folderOf(data))
	}
	return folders, cmd.Close()
}

func folderOf(data *goimap.ListData) Folder {
	f := Folder{Name: data.Mailbox, Selectable: true}
	if data.Delim != 0 {
		f.Delimiter = string(data.Delim)
	}
	for _, a := range data.Attrs {
		f.Attrs = append(f.Attrs, string(a))
		if a == goimap.MailboxAttrNoSelect || a == goimap.MailboxAttrNonExistent {
			f.Selectable = false
		}
	}
	return f
}

var roleByAttr = map[string]Role{
	`\Sent`: RoleSent, `\Drafts`: RoleDrafts, `\Trash`: RoleTrash, `\Junk`: RoleJunk, `\Archive`: RoleArchive, `\All`: RoleAll,
}

// Names that providers and mail programs give to these folders, in lower case.
// The first of a list is tried first.
var roleNames = []struct {
	role  Role
	names []string
}{
	{RoleSent, []string{
		"sent", "sent items", "sent messages", "sent mail", "sent-mail", "sent_items",
		"verzonden", "verzonden items", "verzonden berichten", "gesendet", "gesendete objekte", "gesendete elemente", "gesendete nachrichten",
		"envoyés", "éléments envoyés", "messages envoyés", "enviados", "elementos enviados", "mensajes enviados", "itens enviados", "inviati", "posta inviata", "inviata",
		"skickat", "skickade objekt", "sendt", "sendte elementer", "sendt post", "lähetetyt", "wysłane", "elementy wysłane", "отправленные", "gönderilmiş öğeler", "已发送", "送信済み",
	}},
	{RoleDrafts, []string{"drafts", "draft", "concepten", "entwürfe", "brouillons", "borradores", "bozze", "rascunhos", "utkast", "kladder", "luonnokset", "szkice", "черновики", "草稿箱", "下書き"}},
	{RoleTrash, []string{
		"trash", "deleted items", "deleted messages", "bin", "prullenbak", "verwijderde items", "papierkorb", "gelöschte objekte", "gelöschte elemente",
		"corbeille", "éléments supprimés", "papelera", "elementos eliminados", "cestino", "posta eliminata", "lixo", "lixeira", "papperskorgen", "borttagna objekt", "papirkurv", "slettet post", "roskakori", "kosz", "удаленные", "корзина", "已删除", "ごみ箱",
	}},
	{RoleJunk, []string{"junk", "spam", "junk e-mail", "junk email", "bulk mail", "ongewenste e-mail", "ongewenst", "junk-e-mail", "courrier indésirable", "pourriel", "correo no deseado", "posta indesiderata", "skräppost", "søppelpost", "uønsket post", "roskaposti", "wiadomości-śmieci", "спам", "垃圾邮件"}},
	{RoleArchive, []string{"archive", "archives", "archief", "archiv", "archivo", "archivio", "arquivo", "arkiv", "arkisto", "archiwum", "архив"}},
}

// assignRoles gives each role to at most one folder that can be selected: the
// server's word first, then a well-known name, the one nearest to the top.
func assignRoles(folders []Folder) {
	taken := map[Role]bool{}
	give := func(i int, role Role) {
		if !taken[role] && folders[i].Role == "" && folders[i].Selectable {
			folders[i].Role, taken[role] = role, true
		}
	}
	for i, f := range folders {
		if strings.EqualFold(f.Name, "INBOX") {
			give(i, RoleInbox)
		}
		for _, a := range f.Attrs {
			if role, ok := roleByAttr[a]; ok {
				give(i, role)
			}
		}
	}
	for _, r := range roleNames {
		for _, i := range byName(folders, r.names) {
			give(i, r.role)
		}
	}
}

// byName finds the folders whose last part is one of names: the name that
// comes first in names first, then the folder nearest to the top.
func byName(folders []Folder, names []string) []int {
	type hit struct{ folder, name, depth int }
	var hits []hit
	for i, f := range folders {
		last, depth := f.Name, 0
		if f.Delimiter != "" {
			parts := strings.Split(f.Name, f.Delimiter)
			last, depth = parts[len(parts)-1], len(parts)
		}
		if n := slices.Index(names, strings.ToLower(last)); n >= 0 {
			hits = append(hits, hit{i, n, depth})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		if a.depth != b.depth {
			return a.depth - b.depth
		}
		return a.name - b.name
	})
	var order []int
	for _, h := range hits {
		order = append(order, h.folder)
	}
	return order
}
