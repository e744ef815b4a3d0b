// MSAL for Go: a service with a secret, and an application of a person: in a browser, silently, on a device.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

type request struct {
	Flow, Authority, ClientID, Secret, RedirectURI string
	Scopes                                         []string
}

func main() {
	var asked request
	must(json.Unmarshal([]byte(os.Args[1]), &asked))
	ctx := context.Background()
	if asked.Flow == "client credentials" {
		credential, err := confidential.NewCredFromSecret(asked.Secret)
		must(err)
		app, err := confidential.New(asked.Authority, asked.ClientID, credential, confidential.WithInstanceDiscovery(false))
		must(err)
		result, err := app.AcquireTokenByCredential(ctx, asked.Scopes)
		must(err)
		answer(result.AccessToken)
		return
	}
	app, err := public.New(asked.ClientID, public.WithAuthority(asked.Authority), public.WithInstanceDiscovery(false))
	must(err)
	if asked.Flow == "device code" {
		code, err := app.AcquireTokenByDeviceCode(ctx, asked.Scopes)
		must(err)
		fmt.Printf("device %s %s\n", code.Result.VerificationURL, code.Result.UserCode)
		result, err := code.AuthenticationResult(ctx)
		must(err)
		answer(result.AccessToken)
		return
	}
	open := func(address string) error { fmt.Println("open", address); return nil }
	first, err := app.AcquireTokenInteractive(ctx, asked.Scopes, public.WithRedirectURI(asked.RedirectURI), public.WithOpenURL(open))
	must(err)
	silent, err := app.AcquireTokenSilent(ctx, asked.Scopes, public.WithSilentAccount(first.Account), public.WithClaims(`{"access_token":{"nbf":null}}`))
	must(err)
	answer(silent.AccessToken)
}

func answer(accessToken string) {
	text, err := json.Marshal(map[string]string{"accessToken": accessToken})
	must(err)
	fmt.Println(string(text))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
