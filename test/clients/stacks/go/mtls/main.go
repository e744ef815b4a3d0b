// golang.org/x/oauth2 with crypto/tls: a service that proves itself by its client certificate (RFC 8705).
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

func main() {
	var asked struct {
		ClientID, TokenURL, Graph, Cert, Key, Address string
		Scopes                                        []string
	}
	must(json.Unmarshal([]byte(os.Args[1]), &asked))
	certificate, err := tls.LoadX509KeyPair(asked.Cert, asked.Key)
	must(err)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{certificate}},
		// *.localhost is this computer (RFC 6761); not every resolver knows it.
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, asked.Address)
		},
	}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: transport})
	config := clientcredentials.Config{
		ClientID:  asked.ClientID,
		TokenURL:  asked.TokenURL,
		Scopes:    asked.Scopes,
		AuthStyle: oauth2.AuthStyleInParams,
	}
	token, err := config.Token(ctx)
	must(err)
	answer, err := oauth2.NewClient(ctx, oauth2.StaticTokenSource(token)).Get(asked.Graph)
	must(err)
	text, err := json.Marshal(map[string]any{"accessToken": token.AccessToken, "status": answer.StatusCode})
	must(err)
	fmt.Println(string(text))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
