"""`/ping` and `/invocations` over HTTP, as SageMaker's containers answer them, with the inference shell's own steps."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from meterlake.forecasting.endpoint.inference import CONTENT_TYPE, input_fn, output_fn, predict_fn
from meterlake.forecasting.endpoint.questions import BadRequest
from meterlake.forecasting.endpoint.served_model import ServedModel

MOST_BODY_BYTES = 6 * 1024 * 1024


def create_endpoint(served: ServedModel) -> FastAPI:
    """Build the endpoint of one model."""
    endpoint = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @endpoint.get("/ping")
    async def ping() -> Response:
        return Response(b"", 200)

    @endpoint.post("/invocations")
    async def invocations(request: Request) -> Response:
        body = await request.body()
        if len(body) > MOST_BODY_BYTES:
            limit = f"{MOST_BODY_BYTES // 1024 // 1024} MB"
            return JSONResponse({"error": f"The body has {len(body)} bytes; send at most {limit} at once."}, 413)
        try:
            question = input_fn(body, request.headers.get("content-type", CONTENT_TYPE))
            prediction = await run_in_threadpool(predict_fn, question, served)
        except BadRequest as error:
            return JSONResponse({"error": str(error)}, 400)
        answer, media_type = output_fn(prediction, request.headers.get("accept", CONTENT_TYPE))
        return Response(answer, 200, media_type=media_type)

    return endpoint
