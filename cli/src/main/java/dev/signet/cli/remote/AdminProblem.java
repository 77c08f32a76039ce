package dev.signet.cli.remote;

import dev.signet.cli.CommandFailedException;
import dev.signet.cli.ExitCode;
import dev.signet.cli.output.Json;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// From an answer that is no success to what the user is told and how the command exits.
///
/// @rfc 9457
final class AdminProblem {

    private static final int MOST_LINES = 100;
    private static final int UNAVAILABLE = 503;

    private AdminProblem() {}

    /// @param body of the answer, not more than was wanted of it
    static CommandFailedException failure(
            AdminTarget target, AdminRequest request, int status, byte[] body) {
        JsonNode problem = problem(body);
        if (problem == null) {
            return strange(target, status);
        }
        String code = problem.path("code").asString("");
        String detail = problem.path("detail").asString(problem.path("title").asString(""));
        StringBuilder message = new StringBuilder();
        message.append(status >= 500 ? "the server cannot do it: " : "refused: ").append(detail);
        if (!code.isEmpty()) {
            message.append(" (").append(code).append(')');
        }
        List<Map<String, Object>> errors = errors(problem);
        for (Map<String, Object> error : errors) {
            String line = line(error, request.document());
            if (!detail.equals(error.get("message")) || request.document() != null) {
                message.append('\n').append(line);
            }
        }
        String id = problem.path("id").asString("");
        if (!id.isEmpty()) {
            message.append("\nThe server's log has the cause under ").append(id);
        }
        if (request.write() && status >= 500 && status != UNAVAILABLE) {
            message.append("\nThe outcome may be unknown. ").append(AdminFailures.HOW_TO_FIND_OUT);
        }
        String todo = todo(target, code, problem.path("retryAfterSeconds").asLong(0));
        if (!todo.isEmpty()) {
            message.append('\n').append(todo);
        }
        return new CommandFailedException(
                exitCode(status, code),
                code.isEmpty() ? "SERVER_FAULT" : code,
                message.toString(),
                errors,
                null);
    }

    /// Null: none.
    private static @Nullable JsonNode problem(byte[] body) {
        try {
            JsonNode node = Json.read(body);
            return node.isObject() && node.path("status").isNumber() ? node : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    static CommandFailedException strange(AdminTarget target, int status) {
        return new CommandFailedException(
                ExitCode.UNREACHABLE,
                "NOT_THE_ADMIN_API",
                "what answers at "
                        + target.server()
                        + " does not speak as Signet's admin API does (HTTP "
                        + status
                        + ")\nCheck host and port: the admin API is HTTPS, on 9443 unless"
                        + " signet.admin.port says otherwise",
                null);
    }

    private static List<Map<String, Object>> errors(JsonNode problem) {
        List<Map<String, Object>> errors = new ArrayList<>();
        for (JsonNode node : problem.path("errors")) {
            if (errors.size() == MOST_LINES) {
                break;
            }
            Map<String, Object> error = new LinkedHashMap<>();
            if (node.path("line").isNumber()) {
                error.put("line", node.path("line").asInt());
                error.put("column", node.path("column").asInt(1));
            }
            if (node.path("field").isString()) {
                error.put("field", node.path("field").asString());
            }
            error.put("message", node.path("message").asString(""));
            errors.add(error);
        }
        return errors;
    }

    /// `policy.yaml:3:7: message`, as compilers say it and editors find it.
    private static String line(Map<String, Object> error, @Nullable String document) {
        StringBuilder line = new StringBuilder();
        if (error.containsKey("line")) {
            line.append(document == null ? "" : document + ":")
                    .append(error.get("line"))
                    .append(':')
                    .append(error.get("column"))
                    .append(": ");
        } else if (error.containsKey("field")) {
            line.append(error.get("field")).append(": ");
        }
        return line.append(error.get("message")).toString();
    }

    private static int exitCode(int status, String code) {
        return switch (code) {
            case "POLICY_NOT_ACCEPTED" -> ExitCode.ANSWER_IS_NO;
            case "TOKEN_ALREADY_USED" -> ExitCode.FAILED;
            default ->
                    switch (status) {
                        case 401, 403 -> ExitCode.NOT_PERMITTED;
                        case 429, 503, 504 -> ExitCode.UNREACHABLE;
                        default -> ExitCode.FAILED;
                    };
        };
    }

    /// What the user can do about it; the server's own words have it for all others.
    private static String todo(AdminTarget target, String code, long retryAfterSeconds) {
        return switch (code) {
            case "UNAUTHENTICATED" ->
                    "It was shown "
                            + target.credential().words()
                            + ".\nCheck `signet context list`, or log in again: signet login --help";
            case "NOT_PERMITTED" ->
                    "`signet whoami` shows your roles. Ask somebody who has one of those, or have"
                            + " them mapped to you (signet.admin in docs/configuration.md)";
            case "SECOND_PERSON_REQUIRED" -> "Somebody else has to: signet approvals list";
            case "PRECONDITION_FAILED" ->
                    "Somebody has changed it meanwhile, nothing was done. Look at it and repeat";
            case "LOGIN_THROTTLED", "RATE_LIMITED", "OVERLOADED" ->
                    retryAfterSeconds > 0 ? "Try again in " + retryAfterSeconds + " s" : "";
            case "LEDGER_UNAVAILABLE" ->
                    "The server runs and its database does not answer; /readyz and its log say more";
            default -> "";
        };
    }
}
