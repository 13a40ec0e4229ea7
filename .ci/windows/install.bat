@echo off
setlocal
title hbgeo 安装
if not exist "%~dp0python\python.exe" goto missing
"%~dp0python\python.exe" "%~dp0kit\install.py" %*
set code=%errorlevel%
goto end
:missing
echo 安装包不完整：缺少 python 文件夹。请把整个文件夹重新复制一份，再双击“安装.bat”。
set code=1
:end
echo.
pause
exit /b %code%
