package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// pngDPI makes a PNG of 1,520 pixels a line.
const pngDPI = 144

// Plot is one picture of a run.
type Plot struct {
	Name    string // of its files, without ending: "latency"
	Title   string
	Caption string // what it shows and how to read it
	figure  figure
}

// SVG writes the picture as an SVG document that scales and needs no fonts
// but the reader's own. It fails where w does.
func (p Plot) SVG(w io.Writer) error {
	s, err := p.svg()
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+s)
	return err
}

// PNG writes the picture as a PNG at twice the size of the page's text.
// It fails where w does.
func (p Plot) PNG(w io.Writer) error {
	c := vgimg.NewWith(vgimg.UseWH(figureWidth, vg.Length(p.figure.height())), vgimg.UseDPI(pngDPI))
	p.figure.draw(draw.New(c))
	if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(w); err != nil {
		return fmt.Errorf("draw %s: %w", p.Name, err)
	}
	return nil
}

// svg draws the picture as an SVG element. What the canvas writes is mended
// in four places: the size is left to the page, generic fonts follow the
// named one, the heat map's image is declared as what it is, and it is
// stretched over its cells instead of being smoothed and letter-boxed.
func (p Plot) svg() (string, error) {
	c := vgsvg.NewWith(vgsvg.UseWH(figureWidth, vg.Length(p.figure.height())), vgsvg.EmbedFonts(false))
	p.figure.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return "", fmt.Errorf("draw %s: %w", p.Name, err)
	}
	s := b.String()
	s = s[strings.Index(s, "<svg"):]
	s = strings.NewReplacer(
		"data:image/jpg", "data:image/png",
		"<image ", `<image preserveAspectRatio="none" style="image-rendering:pixelated" `,
		"font-family:Liberation Sans;font-variant:normal;", "font-family:'Liberation Sans',Arial,Helvetica,sans-serif;",
		"font-weight:normal;font-style:normal;", "", "font-weight:bold;font-style:normal;", "font-weight:bold;",
	).Replace(s)
	return fixedSize.ReplaceAllString(s, "<svg role=\"img\""), nil
}

var (
	fixedSize  = regexp.MustCompile(`^<svg width="[^"]*" height="[^"]*"`)
	styleAttr  = regexp.MustCompile(`\s+style="([^"]*)"`)
	tooPrecise = regexp.MustCompile(`(\d+\.\d)\d+`)
	pathData   = regexp.MustCompile(`<path d="[^"]*"`)
)

// styles collects the style attributes of many pictures as classes, so that
// a page states each once.
type styles struct {
	classes map[string]string
	css     strings.Builder
}

// share replaces the style attributes of an SVG element by classes.
func (s *styles) share(svg string) string {
	if s.classes == nil {
		s.classes = map[string]string{}
	}
	svg = pathData.ReplaceAllStringFunc(svg, func(d string) string { return tooPrecise.ReplaceAllString(d, "$1") })
	return styleAttr.ReplaceAllStringFunc(svg, func(attr string) string {
		style := styleAttr.FindStringSubmatch(attr)[1]
		class, ok := s.classes[style]
		if !ok {
			class = fmt.Sprintf("p%d", len(s.classes))
			s.classes[style] = class
			fmt.Fprintf(&s.css, ".%s{%s}\n", class, style)
		}
		return ` class="` + class + `"`
	})
}
