package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// memoryKB bounds the address space of the engine's processes, which it does not do itself.
const memoryKB = 6 << 20

// build makes the instrumented target. The package that is left alone has directives that the instrumentation breaks.
func (j *job) build(ctx context.Context) error {
	fmt.Fprintf(os.Stderr, "building %s\n", j.target.Name)
	out, err := exec.CommandContext(ctx, "go", "tool", "go-fuzz-build", "-preserve", "crypto/internal/fips140/bigmod",
		"-func", j.target.Name, "-o", j.zip, pkg).CombinedOutput()
	if err != nil {
		return fmt.Errorf("go-fuzz-build: %w\n%s", err, out)
	}
	return nil
}

// engine is the path of go-fuzz: what go tool runs would not get the interrupt that ends it.
func engine() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "go-fuzz").Output()
	if err != nil {
		return "", fmt.Errorf("find go-fuzz: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// run has the engine run for a time and returns its last status line.
func (j *job) run(ctx context.Context, length time.Duration) (status string, err error) {
	path, err := engine()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", fmt.Sprintf(`ulimit -v %d && exec "$0" "$@"`, memoryKB), path,
		"-bin", j.zip, "-workdir", j.dir, "-func", j.target.Name, "-procs", strconv.Itoa(j.procs))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it cleans up after no other signal
	cmd.WaitDelay = 30 * time.Second
	out, err := cmd.StderrPipe()
	if err != nil {
		return "", fmt.Errorf("start go-fuzz: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("start go-fuzz: %w", err)
	}
	status, said := follow(out)
	err = cmd.Wait()
	if ctx.Err() == nil || status == "" {
		return "", fmt.Errorf("go-fuzz ended early: %w\n%s", errors.Join(err, context.Cause(ctx)), said)
	}
	return status, nil
}

// follow returns the last status line, and the end of all else that was said.
func follow(out io.Reader) (status, said string) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if line := lines.Text(); strings.Contains(line, " execs: ") {
			status = line
		} else {
			said = said[max(0, len(said)-4096):] + line + "\n"
		}
	}
	return status, said
}
