@echo off
setlocal
title hbgeo 运行并打开
if not exist "%~dp0lib\{stamp}" goto missing
"%~dp0python\python.exe" "%~dp0kit\start.py" run %*
set code=%errorlevel%
goto end
:missing
echo 这一版还没有安装，请先双击“安装.bat”。
set code=1
:end
echo.
pause
exit /b %code%
