// Program compose reads a Compose file as Docker Compose does and prints the project as JSON, for test/packaging/compose.test.ts.
// Usage: compose FILE [NAME=VALUE ...], where the values are what a .env file would have.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if err := printProject(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func printProject(file string, environment []string) error {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv(environment))
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	text, err := project.MarshalJSON()
	if err != nil {
		return err
	}
	fmt.Println(string(text))
	return nil
}
