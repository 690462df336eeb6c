package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// krewUnpack unpacks an archive by krew's rules (its internal/download): checksum first, the kind of archive by its first
// bytes, nothing but folders and plain files, no way out of the folder.
func krewUnpack(args []string) {
	flags := flag.NewFlagSet("krew-unpack", flag.ExitOnError)
	archive := flags.String("archive", "", "the archive")
	sum := flags.String("sha256", "", "its checksum, as the manifest has it")
	target := flags.String("to", "", "an empty folder")
	check(flags.Parse(args))
	content, err := os.ReadFile(*archive)
	check(err)
	actual := sha256.Sum256(content)
	if hex.EncodeToString(actual[:]) != *sum {
		fail("checksum does not match, want: " + *sum + ", got " + hex.EncodeToString(actual[:]))
	}
	switch kind := http.DetectContentType(content[:min(512, len(content))]); kind {
	case "application/zip":
		unpackZip(content, *target)
	case "application/x-gzip":
		unpackTar(content, *target)
	default:
		fail("mime type " + kind + " for archive file is not a supported archive format")
	}
}

func unpackZip(content []byte, target string) {
	reader, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	check(err)
	for _, entry := range reader.File {
		refuseSuspicious(entry.Name)
		path := filepath.Join(target, filepath.FromSlash(entry.Name))
		if entry.FileInfo().IsDir() {
			check(os.MkdirAll(path, entry.Mode()))
			continue
		}
		source, err := entry.Open()
		check(err)
		writeFile(path, source, entry.Mode())
	}
}

func unpackTar(content []byte, target string) {
	compressed, err := gzip.NewReader(bytes.NewReader(content))
	check(err)
	reader := tar.NewReader(compressed)
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return
		}
		check(err)
		if header.Name == "pax_global_header" {
			continue
		}
		refuseSuspicious(header.Name)
		path := filepath.Join(target, filepath.FromSlash(header.Name))
		switch header.Typeflag {
		case tar.TypeDir:
			check(os.MkdirAll(path, os.FileMode(header.Mode)))
		case tar.TypeReg:
			check(os.MkdirAll(filepath.Dir(path), 0o755))
			writeFile(path, reader, os.FileMode(header.Mode))
		default:
			fail(fmt.Sprintf("unable to handle file type %d for %q in tar", header.Typeflag, header.Name))
		}
	}
}

func writeFile(path string, source io.Reader, mode os.FileMode) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	check(err)
	_, err = io.Copy(file, source)
	check(err)
	check(file.Close())
}

func refuseSuspicious(name string) {
	if strings.Contains(name, "..") || strings.HasPrefix(name, "/") || strings.HasPrefix(name, `\`) {
		fail(fmt.Sprintf("refusing to unpack archive with suspicious entry %q", name))
	}
}

// krewTemplate renders a template file as krew-release-bot does when a release is out (its pkg/source): with the release as
// values, and checksums by URL, which the bot would download.
func krewTemplate(args []string) {
	flags := flag.NewFlagSet("krew-template", flag.ExitOnError)
	file := flags.String("template", "", "the template file")
	owner := flags.String("owner", "", "of the repository")
	repository := flags.String("repository", "", "its name")
	tag := flags.String("tag", "", "of the release")
	sums := flags.String("sums", "", "JSON: checksums by URL")
	check(flags.Parse(args))
	var sumByURL map[string]string
	check(json.Unmarshal([]byte(*sums), &sumByURL))
	functions := template.FuncMap{
		"addURIAndSha": func(url, tag string) (string, error) {
			var text bytes.Buffer
			if err := template.Must(template.New("url").Parse(url)).Execute(&text, map[string]string{"TagName": tag}); err != nil {
				return "", err
			}
			sum, ok := sumByURL[text.String()]
			if !ok {
				return "", fmt.Errorf("nothing can be downloaded from %s", text.String())
			}
			return "uri: " + text.String() + "\n    sha256: " + sum, nil
		},
	}
	parsed, err := template.New(filepath.Base(*file)).Funcs(functions).ParseFiles(*file)
	check(err)
	check(parsed.Execute(os.Stdout, struct{ TagName, PluginOwner, PluginRepo string }{*tag, *owner, *repository}))
}
