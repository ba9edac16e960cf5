// SPDX-License-Identifier: Apache-2.0
// `grpc-cpp-async PORT`: the peer on gRPC C++ with its completion queue API, one queue and one thread.

#include "server.h"

namespace {

using figures::bench::Bench;
using figures::bench::Reply;
using figures::bench::Request;

// One call, from the wait for it to the end of its answer. It owns itself.
class Call {
 public:
  Call(Bench::AsyncService& service, grpc::ServerCompletionQueue& queue, const Reply& reply)
      : service_(service), queue_(queue), reply_(reply), responder_(&context_) {
    service_.RequestGet(&context_, &request_, &responder_, &queue_, &queue_, this);
  }

  void Proceed(bool ok) {
    if (answered_ || !ok) {
      delete this;
      return;
    }
    new Call(service_, queue_, reply_);
    answered_ = true;
    const grpc::Status status = Judge(request_);
    if (status.ok()) {
      responder_.Finish(reply_, status, this);
    } else {
      responder_.FinishWithError(status, this);
    }
  }

 private:
  Bench::AsyncService& service_;
  grpc::ServerCompletionQueue& queue_;
  const Reply& reply_;
  grpc::ServerContext context_;
  Request request_;
  grpc::ServerAsyncResponseWriter<Reply> responder_;
  bool answered_ = false;
};

// As many calls as wait at a time, so that none is held up for want of one.
constexpr int kWaiting = 256;

}  // namespace

int main(int argc, char** argv) {
  Reply reply;
  reply.set_body(ReplyBody());
  Bench::AsyncService service;
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  std::unique_ptr<grpc::ServerCompletionQueue> queue = builder.AddCompletionQueue();
  std::unique_ptr<grpc::Server> server = Start(builder, argc, argv);
  for (int i = 0; i < kWaiting; ++i) new Call(service, *queue, reply);
  void* tag;
  bool ok;
  while (queue->Next(&tag, &ok)) static_cast<Call*>(tag)->Proceed(ok);
}
