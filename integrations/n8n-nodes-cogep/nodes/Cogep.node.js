"use strict";

// O que cada operação pede e envia vem do contrato: scripts/generate_n8n_node.py.
const properties = require("./operations.json");

class Cogep {
  constructor() {
    this.description = {
      displayName: "COGEP Assist",
      name: "cogep",
      icon: "file:cogep.svg",
      group: ["transform"],
      version: 1,
      subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
      description: "Pergunta à base, envia documentos, abre e acompanha chamados, cuida de clientes e de pedidos de titulares",
      defaults: { name: "COGEP Assist" },
      inputs: ["main"],
      outputs: ["main"],
      usableAsTool: true,
      credentials: [{ name: "cogepApi", required: true }],
      requestDefaults: {
        baseURL: "={{$credentials.url}}",
        headers: { Accept: "application/json" },
        arrayFormat: "repeat",
      },
      properties,
    };
  }
}

exports.Cogep = Cogep;
