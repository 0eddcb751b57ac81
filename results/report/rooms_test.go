package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"xmpprig/results"
)

// chatter is a record with so many rooms, one of which has lost something.
func chatter(t *testing.T, rooms int) *results.Record {
	t.Helper()
	r := sample(t)
	all := &results.Rooms{Count: rooms, Service: "rooms.example\x1b[31m", Occupants: 40}
	for n := range rooms {
		one := results.Room{Name: fmt.Sprintf("room%d", n), Occupants: 40, RoomCounts: results.RoomCounts{Sent: 10, Owed: 400, Delivered: 400}}
		if n == rooms-1 {
			one.Name, one.Lost, one.Delivered = "<script>", 3, 397
		}
		all.Each = append(all.Each, one)
		all.RoomCounts = all.Plus(one.RoomCounts)
	}
	r.Run.Rooms = all
	return r
}

// What went wrong in one of many rooms is seen in all formats, and nothing that a room is called does harm.
func TestRoomsAreTold(t *testing.T) {
	r := chatter(t, 60)
	var text, page, comment bytes.Buffer
	if err := Text(&text, r); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&page, r); err != nil {
		t.Fatal(err)
	}
	if err := Markdown(&comment, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nRooms\n", "60 rooms at rooms.example", "600 messages sent, 24,000 deliveries", "<script>         40    10   400        397     3", "and 50 more rooms"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text says nothing of %q:\n%s", want, text.String())
		}
	}
	for _, want := range []string{"<h2>Rooms</h2>", "&lt;script&gt;", "23,997 delivered, 3 lost", "50 more rooms are not listed", "the first and the last recipient"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page says nothing of %q", want)
		}
	}
	if !strings.Contains(comment.String(), "**Rooms:** 60 rooms") {
		t.Errorf("the comment is %s", comment.String())
	}
	for _, out := range []string{text.String(), page.String(), comment.String()} {
		if strings.Contains(out, "\x1b") {
			t.Error("a control character came through")
		}
	}
}

// A run without rooms says nothing of any.
func TestNoRooms(t *testing.T) {
	r := sample(t)
	var text, page bytes.Buffer
	if err := Text(&text, r); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&page, r); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "\nRooms\n") || strings.Contains(page.String(), "<h2>Rooms</h2>") {
		t.Error("rooms are told of that are none")
	}
}
