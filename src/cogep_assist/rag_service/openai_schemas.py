"""The shapes of /v1/chat/completions and /v1/models, as clients of OpenAI know them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.rag_service.schemas import CitationReply, ClosestDocument, LackingReply

MAX_MESSAGES = 500
MAX_CHOICES = 16


class MessagePart(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str | None = None


class ChatMessage(BaseModel):
    """One message of the conversation that the client keeps."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[MessagePart] | None = None


class StreamOptions(BaseModel):
    """What a stream holds besides the text."""

    model_config = ConfigDict(extra="allow")

    include_usage: bool = False
    include_obfuscation: bool | None = None


class ChatBody(BaseModel):
    """A request for a chat completion; what has no meaning here is named in the refusal."""

    model_config = ConfigDict(extra="allow")

    model: Annotated[str, Field(min_length=1, max_length=80)]
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=MAX_MESSAGES)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = 1
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    stop: str | Annotated[list[str], Field(max_length=16)] | None = Field(
        default=None, description="O texto acaba antes da primeira destas sequências."
    )
    store: bool | None = Field(
        default=None, description="Com false, nem a pergunta nem a resposta ficam guardadas."
    )


class UrlCitation(BaseModel):
    """Where a mark such as ``[1]`` stands in the content, and what it opens."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation in OpenAI's form."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AnswerMessage(BaseModel):
    """The answer as a message of the assistant."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """One answer; the same question gets the same answer, however many are asked for."""

    index: int
    message: AnswerMessage
    logprobs: None = None
    finish_reason: Literal["stop", "length"]


class Usage(BaseModel):
    """Words and marks that came and went: a measure of length, not a model's tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AnswerFacts(BaseModel):
    """What OpenAI's form has no place for."""

    answer_id: str
    conversation_id: str
    abstained: bool
    mode: str
    resolved_question: str | None
    citations: list[CitationReply]
    closest: list[ClosestDocument]
    lacking: LackingReply | None


class ChatCompletion(BaseModel):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    cogep: AnswerFacts


class ModelCard(BaseModel):
    """A collection, or all that somebody may see, as a model."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["cogep-assist"] = "cogep-assist"


class ModelList(BaseModel):
    """The models that somebody may ask."""

    object: Literal["list"] = "list"
    data: list[ModelCard]


class OpenAIErrorBody(BaseModel):
    """What went wrong, as clients of OpenAI read it."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIErrorReply(BaseModel):
    """The body of every reply below /v1 that is not a success."""

    error: OpenAIErrorBody
