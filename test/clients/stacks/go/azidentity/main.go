// The Azure SDK for Go: a service with a secret.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

func main() {
	var asked struct {
		Origin, Tenant, ClientID, Secret string
		Scopes                           []string
	}
	must(json.Unmarshal([]byte(os.Args[1]), &asked))
	credential, err := azidentity.NewClientSecretCredential(asked.Tenant, asked.ClientID, asked.Secret,
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions:            azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: asked.Origin}},
			DisableInstanceDiscovery: true,
		})
	must(err)
	token, err := credential.GetToken(context.Background(), policy.TokenRequestOptions{Scopes: asked.Scopes})
	must(err)
	text, err := json.Marshal(map[string]string{"accessToken": token.Token})
	must(err)
	fmt.Println(string(text))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
