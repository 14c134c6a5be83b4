"use strict";

// Uma chave de API do COGEP Assist: cogep key create n8n --role agent
class CogepApi {
  constructor() {
    this.name = "cogepApi";
    this.displayName = "COGEP Assist";
    this.properties = [
      {
        displayName: "Endereço",
        name: "url",
        type: "string",
        default: "",
        placeholder: "https://assist.orgao.gov.br",
        description: "Sem barra no fim",
        required: true,
      },
      {
        displayName: "Chave",
        name: "key",
        type: "string",
        typeOptions: { password: true },
        default: "",
        required: true,
      },
    ];
    this.authenticate = {
      type: "generic",
      properties: { headers: { Authorization: "=Bearer {{$credentials.key}}" } },
    };
    this.test = { request: { baseURL: "={{$credentials.url}}", url: "/v1/models" } };
  }
}

exports.CogepApi = CogepApi;
