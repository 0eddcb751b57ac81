//go:build !unix

package loopback

const canReadWithoutWaiting = false

func readWithoutWaiting(uintptr, []byte) (n int, again bool, err error) { return 0, false, nil }
