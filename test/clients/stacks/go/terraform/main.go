// What the Terraform provider for Azure Active Directory does with its SDK: make, read, change and delete directory objects.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/manicminer/hamilton/auth"
	"github.com/manicminer/hamilton/environments"
	"github.com/manicminer/hamilton/msgraph"
	"github.com/manicminer/hamilton/odata"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
func text(value string) *string { return &value }
func yes(value bool) *bool      { return &value }

func main() {
	var request struct{ Origin, Tenant, ClientId, Secret string }
	must(json.Unmarshal([]byte(os.Args[1]), &request))
	ctx := context.Background()
	environment := environments.Global
	environment.AzureADEndpoint = environments.AzureADEndpoint(request.Origin)
	environment.MsGraph.Endpoint = environments.ApiEndpoint(request.Origin)
	config := &auth.Config{
		Environment: environment, TenantID: request.Tenant,
		ClientID: request.ClientId, ClientSecret: request.Secret, EnableClientSecretAuth: true,
	}
	// The resource of Graph keeps its name; only its address is that of the server.
	authorizer, err := config.NewAuthorizer(ctx, environments.Global.MsGraph)
	must(err)
	use := func(client *msgraph.Client) {
		client.Authorizer = authorizer
		client.Endpoint = environment.MsGraph.Endpoint
	}
	users := msgraph.NewUsersClient(request.Tenant)
	use(&users.BaseClient)
	groups := msgraph.NewGroupsClient(request.Tenant)
	use(&groups.BaseClient)
	applications := msgraph.NewApplicationsClient(request.Tenant)
	use(&applications.BaseClient)
	principals := msgraph.NewServicePrincipalsClient(request.Tenant)
	use(&principals.BaseClient)

	list, _, err := users.List(ctx, odata.Query{Filter: "startswith(displayName,'Ana')", Count: true, OrderBy: odata.OrderBy{Field: "displayName"}, ConsistencyLevel: odata.ConsistencyLevelEventual})
	must(err)
	ana := (*list)[0]
	user, _, err := users.Create(ctx, msgraph.User{
		AccountEnabled: yes(true), DisplayName: text("Terraform"), MailNickname: text("terraform"), UserPrincipalName: text("terraform@woodgrove.test"),
		PasswordProfile: &msgraph.UserPasswordProfile{Password: text("Correct-Horse-Battery-7")},
	})
	must(err)
	application, _, err := applications.Create(ctx, msgraph.Application{DisplayName: text("Terraform application")})
	must(err)
	applicationRead, _, err := applications.Get(ctx, *application.ID, odata.Query{})
	must(err)
	password, _, err := applications.AddPassword(ctx, *application.ID, msgraph.PasswordCredential{DisplayName: text("first")})
	must(err)
	_, err = applications.RemovePassword(ctx, *application.ID, *password.KeyId)
	must(err)
	principal, _, err := principals.Create(ctx, msgraph.ServicePrincipal{AppId: applicationRead.AppId})
	must(err)
	group, _, err := groups.Create(ctx, msgraph.Group{
		DisplayName: text("Terraform group"), MailEnabled: yes(false), MailNickname: text("tf"), SecurityEnabled: yes(true),
	})
	must(err)
	group.Members = &msgraph.Members{{ODataId: (*odata.Id)(text(user.Uri(groups.BaseClient.Endpoint, groups.BaseClient.ApiVersion)))}}
	_, err = groups.AddMembers(ctx, group)
	must(err)
	members, _, err := groups.ListMembers(ctx, *group.ID)
	must(err)
	_, _, err = groups.GetMember(ctx, *group.ID, *user.ID)
	must(err)
	memberships, _, err := users.ListGroupMemberships(ctx, *user.ID, odata.Query{})
	must(err)
	for _, remove := range []func() (int, error){
		func() (int, error) { return groups.RemoveMembers(ctx, *group.ID, members) },
		func() (int, error) { return groups.Delete(ctx, *group.ID) },
		func() (int, error) { return principals.Delete(ctx, *principal.ID) },
		func() (int, error) { return applications.Delete(ctx, *application.ID) },
		func() (int, error) { return applications.DeletePermanently(ctx, *application.ID) },
		func() (int, error) { return users.Delete(ctx, *user.ID) },
		func() (int, error) { return users.DeletePermanently(ctx, *user.ID) },
	} {
		_, err := remove()
		must(err)
	}
	must(json.NewEncoder(os.Stdout).Encode(map[string]any{"user": *ana.UserPrincipalName, "members": len(*members), "memberships": len(*memberships)}))
}
