package report

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var pictures = flag.String("pictures", "", "write the reports of all sample records into folders of this one, to be looked at")

func TestFiles(t *testing.T) {
	for name, make := range records {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if *pictures != "" {
				dir = filepath.Join(*pictures, name)
			}
			r := make(t)
			if err := Files(dir, r); err != nil {
				t.Fatal(err)
			}
			want := []string{"report.html"}
			for _, p := range Plots(r) {
				want = append(want, "plots/"+p.Name+".svg", "plots/"+p.Name+".png")
			}
			for _, file := range want {
				info, err := os.Stat(filepath.Join(dir, file))
				if err != nil {
					t.Fatal(err)
				}
				if info.Size() == 0 || info.Size() > 2<<20 {
					t.Errorf("%s has %d bytes", file, info.Size())
				}
			}
		})
	}
}
