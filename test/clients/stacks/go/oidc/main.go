// go-oidc with golang.org/x/oauth2: a web application that signs a person in.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func main() {
	var asked struct{ Issuer, ClientID, Secret, RedirectURI string }
	must(json.Unmarshal([]byte(os.Args[1]), &asked))
	ctx := context.Background()
	provider, err := oidc.NewProvider(ctx, asked.Issuer)
	must(err)
	config := oauth2.Config{
		ClientID:     asked.ClientID,
		ClientSecret: asked.Secret,
		RedirectURL:  asked.RedirectURI,
		Endpoint:     provider.Endpoint(),
		Scopes:       []string{oidc.ScopeOpenID, "profile", "email"},
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: asked.ClientID})
	callback, err := url.Parse(asked.RedirectURI)
	must(err)
	http.HandleFunc(callback.Path, func(w http.ResponseWriter, r *http.Request) {
		token, err := config.Exchange(ctx, r.URL.Query().Get("code"))
		must(err)
		rawIDToken, _ := token.Extra("id_token").(string)
		idToken, err := verifier.Verify(ctx, rawIDToken)
		must(err)
		var claims map[string]any
		must(idToken.Claims(&claims))
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		must(err)
		text, err := json.Marshal(map[string]any{"claims": claims, "userinfo": info.Subject})
		must(err)
		fmt.Println(string(text))
		os.Exit(0)
	})
	go func() { must(http.ListenAndServe(callback.Host, nil)) }()
	fmt.Println("open", config.AuthCodeURL("a state"))
	select {}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
