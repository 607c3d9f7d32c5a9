// Prints a page for a name.
package main

import (
	"crypto/sha256"
	"embed"
	"flag"
	"fmt"
	"html/template"
	"os"
)

//go:embed templates/*.html
var pages embed.FS

func main() {
	name := flag.String("name", "you", "whom to greet")
	flag.Parse()
	page := template.Must(template.ParseFS(pages, "templates/*.html"))
	sum := sha256.Sum256([]byte(*name))
	if err := page.Execute(os.Stdout, map[string]string{"Name": *name, "Sum": fmt.Sprintf("%x", sum[:4])}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
