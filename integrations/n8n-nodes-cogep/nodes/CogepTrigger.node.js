"use strict";

const { isSigned } = require("./signature.js");

// Entregas são ao menos uma: as últimas ficam anotadas com o fluxo, e uma repetição nada faz.
const REMEMBERED = 1000;

class CogepTrigger {
  constructor() {
    this.description = {
      displayName: "COGEP Assist Trigger",
      name: "cogepTrigger",
      icon: "file:cogep.svg",
      group: ["trigger"],
      version: 1,
      subtitle: '={{$parameter["events"].join(", ")}}',
      description: "Começa quando algo acontece no COGEP Assist; a assinatura de cada aviso é conferida",
      defaults: { name: "COGEP Assist Trigger" },
      inputs: [],
      outputs: ["main"],
      credentials: [{ name: "cogepApi", required: true }],
      webhooks: [
        { name: "default", httpMethod: "POST", responseMode: "onReceived", path: "cogep" },
      ],
      properties: [
        {
          displayName: "Eventos",
          name: "events",
          type: "multiOptions",
          typeOptions: { loadOptionsMethod: "listEvents" },
          default: [],
          required: true,
        },
        {
          displayName: "Campos",
          name: "fields",
          type: "string",
          default: "",
          placeholder: "protocol, subject",
          description: "Os avisos trazem só identificadores; o que mais deve vir, separado por vírgulas. Peça o mínimo",
        },
      ],
    };
    this.methods = { loadOptions: { listEvents } };
    this.webhookMethods = { default: { checkExists, create, delete: remove } };
  }

  async webhook() {
    const request = this.getRequestObject();
    const told = this.getBodyData();
    const kept = this.getWorkflowStaticData("node");
    if (request.readRawBody) await request.readRawBody();
    // O desafio chega antes que o segredo esteja guardado; repeti-lo não revela nada.
    if (told.type === "webhook.challenge") return { webhookResponse: { challenge: told.challenge } };
    if (!kept.secret || !isSigned(kept.secret, request.headers, request.rawBody)) {
      this.getResponseObject().status(401).json({ error: "assinatura inválida" });
      return { noWebhookResponse: true };
    }
    const seen = kept.seen ?? [];
    if (seen.includes(told.id)) return { webhookResponse: { repeated: true } };
    kept.seen = [...seen, told.id].slice(-REMEMBERED);
    return { workflowData: [this.helpers.returnJsonArray(told)] };
  }
}

async function call(node, method, path, body) {
  const { url } = await node.getCredentials("cogepApi");
  return node.helpers.httpRequestWithAuthentication.call(node, "cogepApi", {
    method,
    url: `${url}${path}`,
    body,
    json: true,
  });
}

async function listEvents() {
  const { items } = await call(this, "GET", "/webhooks/events");
  return items.map((one) => ({ name: one.label, value: one.name, description: one.name }));
}

async function checkExists() {
  const kept = this.getWorkflowStaticData("node");
  if (!kept.id || kept.url !== this.getNodeWebhookUrl("default")) return false;
  try {
    await call(this, "GET", `/webhooks/${kept.id}`);
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

async function create() {
  const url = this.getNodeWebhookUrl("default");
  const fields = this.getNodeParameter("fields", "").split(",").map((one) => one.trim()).filter(Boolean);
  const made = await call(this, "POST", "/webhooks", {
    name: `n8n ${this.getWorkflow().id} ${Date.now()}`,
    url,
    events: this.getNodeParameter("events"),
    fields,
  });
  Object.assign(this.getWorkflowStaticData("node"), { id: made.id, secret: made.secret, url });
  return true;
}

async function remove() {
  const kept = this.getWorkflowStaticData("node");
  if (!kept.id) return true;
  try {
    await call(this, "DELETE", `/webhooks/${kept.id}`);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
  for (const name of ["id", "secret", "url"]) delete kept[name];
  return true;
}

function statusOf(error) {
  return Number(error.httpCode ?? error.response?.status ?? error.statusCode);
}

exports.CogepTrigger = CogepTrigger;
