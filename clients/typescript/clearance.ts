// Signs in, adds an office and reads a list, with types generated from functions/clearance/openapi.json.

import createClient from "openapi-fetch";

import type { components, paths } from "./generated/clearance.js";

type Department = components["schemas"]["Department"];

export async function addOffice(baseUrl: string, email: string, password: string): Promise<string[]> {
  const api = createClient<paths>({ baseUrl });

  const signedIn = await api.POST("/api/auth/token", { body: { email, password } });
  if (signedIn.error) throw new Error(signedIn.error.detail);
  const authorization = `Bearer ${signedIn.data.access}`;
  api.use({
    onRequest({ request }) {
      request.headers.set("Authorization", authorization);
      return request;
    },
  });

  const office = { name: "Security Office", code: "SECURITY", department_type: "administrative" };
  const added = await api.POST("/api/departments", { body: office });
  if (added.error) throw new Error(added.error.detail);

  // @ts-expect-error: the types are not `any`, so an office has no such member
  added.data.rank;

  const offices = await api.GET("/api/departments", { params: { query: { is_active: true } } });
  if (offices.error) throw new Error(offices.error.detail);
  return offices.data.results.map((one: Department) => `${one.approval_order} ${one.name}`);
}
