package report

import (
	"image/color"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

// Colours that print, and that colour-blind readers can tell apart (after
// Okabe and Ito); lines that lie together differ in their dashes as well.
func ink() color.Color    { return rgb(0x222B36) }
func muted() color.Color  { return rgb(0x5B6673) }
func grid() color.Color   { return rgb(0xE3E7EB) }
func blue() color.Color   { return rgb(0x1F66B0) }
func sky() color.Color    { return rgb(0x56A8DC) }
func orange() color.Color { return rgb(0xE08A00) }
func red() color.Color    { return rgb(0xC8500A) }
func green() color.Color  { return rgb(0x008E6B) }
func purple() color.Color { return rgb(0xA9568C) }
func grey() color.Color   { return rgb(0x8A94A0) }

// series are the colours of stacked or parallel things, in order.
func seriesColors() []color.Color {
	return []color.Color{blue(), orange(), green(), purple(), sky(), red(), grey()}
}

func typeface(points float64, bold bool) text.Style {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Length(points)}
	if bold {
		f.Weight = xfont.WeightBold
	}
	return text.Style{Color: ink(), Font: f, Handler: plot.DefaultTextHandler, XAlign: text.XLeft, YAlign: text.YBottom}
}

// small is the typeface of ticks, legends and notes.
func small(c color.Color) text.Style {
	s := typeface(9.5, false)
	s.Color = c
	return s
}

func stroke(c color.Color, width float64, dashes ...float64) draw.LineStyle {
	s := draw.LineStyle{Color: c, Width: vg.Length(width)}
	for _, d := range dashes {
		s.Dashes = append(s.Dashes, vg.Length(d))
	}
	return s
}

// fitted shortens a text until it is no wider than the space for it.
func fitted(style text.Style, s string, width vg.Length) string {
	letters := []rune(s)
	for n := len(letters); n > 1 && style.Width(s) > width; n-- {
		s = string(letters[:n-1]) + "…"
	}
	return s
}
