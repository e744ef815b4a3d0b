import assert from 'node:assert/strict';
import { directoryRoles } from '#core/roles/directory-roles.ts';
import type { GraphAnswer, GraphServer } from '../graph-server.ts';

/** One operation of the API, and which directory roles it takes. */
export interface RoleRow {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Roles that may; `(no role)` is a member without any. */
  readonly may: readonly string[];
  readonly mayNot: readonly string[];
}

/** A demo person whose directory role is exchanged between calls. */
export class PersonWithRoles {
  readonly #graph: GraphServer;
  readonly #administrator: string;
  readonly #token: string;
  readonly #userId: string;

  private constructor(graph: GraphServer, administrator: string, token: string, userId: string) {
    this.#graph = graph;
    this.#administrator = administrator;
    this.#token = token;
    this.#userId = userId;
  }

  static async of(graph: GraphServer, name: string, ...scopes: string[]): Promise<PersonWithRoles> {
    const administrator = await graph.appToken('RoleManagement.ReadWrite.Directory', 'User.Read.All');
    const token = await graph.personToken(name, ...scopes);
    const { body } = await graph.call(administrator, 'GET', `/users/${name}@woodgrove.test`);
    return new PersonWithRoles(graph, administrator, token, body.id);
  }

  /** Makes a call while the person holds this role and no other. */
  async call(role: string, method: string, path: string, body?: unknown): Promise<GraphAnswer> {
    const match = directoryRoles.find(({ displayName }) => displayName === role);
    assert.ok(match || role === '(no role)', role);
    if (!match) return this.#graph.call(this.#token, method, path, body);
    const base = '/roleManagement/directory/roleAssignments';
    const assignment = { principalId: this.#userId, roleDefinitionId: match.templateId, directoryScopeId: '/' };
    const { body: assignmentRow } = await this.#graph.call(this.#administrator, 'POST', base, assignment);
    try {
      return await this.#graph.call(this.#token, method, path, body);
    } finally {
      // The guard would keep the only Global Administrator who has signed in.
      const { status } = await this.#graph.call(
        this.#administrator,
        'DELETE',
        `${base}/${assignmentRow.id}?force=true`,
      );
      assert.equal(status, 204);
    }
  }

  /** Makes the call of a row with every role that it names. */
  async check({ method, path, body, may, mayNot }: RoleRow): Promise<void> {
    for (const role of mayNot) {
      const answer = await this.call(role, method, path, body);
      assert.equal(answer.status, 403, `${role}: ${method} ${path} ${JSON.stringify(answer.body)}`);
    }
    for (const role of may) {
      const answer = await this.call(role, method, path, body);
      assert.notEqual(answer.status, 403, `${role}: ${method} ${path} ${JSON.stringify(answer.body)}`);
    }
  }
}
