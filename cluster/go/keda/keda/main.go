// Command keda runs the admission webhook of KEDA on rendered objects.
//
// Each line of standard input is a JSON list of the objects of one rendering. The line that answers it is a JSON object
// with the errors of the ScaledObjects that the webhook refuses, by their names.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "keda:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	answers := json.NewEncoder(out)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			refused, invalid := refusals(line)
			if invalid != nil {
				return invalid
			}
			if broken := answers.Encode(refused); broken != nil {
				return broken
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// refusals returns the errors of the ScaledObjects in a JSON list of objects, by name.
func refusals(list []byte) (map[string]string, error) {
	objects, err := decode(list)
	if err != nil {
		return nil, err
	}
	if err := serve(objects); err != nil {
		return nil, err
	}
	refused := map[string]string{}
	dryRun := false
	for _, scaled := range scaledObjects(objects) {
		if _, err := scaled.ValidateCreate(&dryRun); err != nil {
			refused[scaled.Name] = err.Error()
		}
	}
	return refused, nil
}
