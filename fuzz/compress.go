package fuzz

import (
	"bytes"
	"compress/zlib"
	"context"
	"slices"

	"xmpprig/fuzz/oracle"
	"xmpprig/fuzz/program"
)

// Namespaces of stream compression (XEP-0138).
const (
	nsCompress        = "http://jabber.org/protocol/compress"
	nsCompressFeature = "http://jabber.org/features/compress"
)

// packed is what a peer with a compressed stream needs.
type packed struct {
	in, out    *oracle.Inflater // of both directions
	text, told packer           // what is sent, and as what it is recorded
}

// packer compresses one direction, as one zlib stream.
type packer struct {
	buf bytes.Buffer
	w   *zlib.Writer
}

// pack compresses text, and leaves nothing of it behind.
func (k *packer) pack(text string) []byte {
	if k.w == nil {
		k.w, _ = zlib.NewWriterLevel(&k.buf, zlib.BestCompression) // a level that there is
	}
	k.buf.Reset()
	_, _ = k.w.Write([]byte(text)) // to a buffer
	_ = k.w.Flush()
	return slices.Clone(k.buf.Bytes())
}

// compress negotiates compression by zlib, and goes over to it, and so to a new stream.
func (d *play) compress(ctx context.Context, p *peer) error {
	if !slices.Contains(p.offers.spaces, nsCompressFeature) && !d.marked {
		return &NotOfferedError{What: "compression"}
	}
	if err := d.send(ctx, p, "<compress xmlns='"+nsCompress+"'><method>zlib</method></compress>", 0); err != nil {
		return err
	}
	i, err := d.next(ctx, p, d.deadline())
	if err != nil {
		return err
	}
	if i.space != nsCompress || i.local != "compressed" {
		return &unexpectedError{i.local}
	}
	p.packed = &packed{in: new(oracle.Inflater), out: new(oracle.Inflater)}
	d.record(p.actor, program.Compressed, nil)
	d.restart(p)
	return nil
}

// pack is what goes over a compressed stream.
func (p *peer) pack(text, recorded string) parcel {
	made := parcel{data: p.packed.text.pack(text)}
	made.recorded = p.packed.told.pack(recorded)
	p.hear(made.data)
	return made
}

// takePacked inflates what was read.
func (p *peer) takePacked(data []byte) {
	bits, err := p.packed.in.Take(data)
	for _, b := range bits {
		p.pending = append(p.pending, b.Text...)
	}
	p.broken = p.broken || err != nil
}
